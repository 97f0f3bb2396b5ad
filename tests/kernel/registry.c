// Names of objects: row M3.
#include "harness.h"

static trt_sem_t sem;
static trt_queue_t queue;
static trt_name_t names[3];

// The names that are listed, by their first letters.
static void note_names(void) {
    for (const trt_name_t *n = trt_name_next(NULL); n != NULL; n = trt_name_next(n)) {
        note(n->name[0]);
    }
}

static void add_two(void) {
    CHECK_EQ(trt_name_add(&names[0], &sem, "a"), TRT_OK);
    CHECK_EQ(trt_name_add(&names[1], &queue, "b"), TRT_OK);
}

KTEST(registry, M3_tools_list_names_and_their_objects) {
    note_names();
    CHECK_LOG("");
    add_two();
    note_names();
    CHECK_LOG("ba");
    CHECK(trt_name_next(NULL)->object == &queue);
}

KTEST(registry, M3_object_has_a_name_and_a_name_an_object) {
    add_two();
    CHECK_EQ(strcmp(trt_name_of(&sem), "a"), 0);
    CHECK_EQ(strcmp(trt_name_of(&queue), "b"), 0);
    CHECK_EQ(strcmp(trt_name_of(&names), ""), 0);
    CHECK(trt_name_find("a") == &sem);
    CHECK(trt_name_find("b") == &queue);
    CHECK(trt_name_find("c") == NULL);
    CHECK(trt_name_find(NULL) == NULL);
}

KTEST(registry, M3_last_of_two_names_counts) {
    add_two();
    CHECK_EQ(trt_name_add(&names[2], &sem, "b"), TRT_OK);
    CHECK_EQ(strcmp(trt_name_of(&sem), "b"), 0);
    CHECK(trt_name_find("b") == &sem);
    CHECK_EQ(trt_name_remove(&names[2]), TRT_OK);
    CHECK_EQ(strcmp(trt_name_of(&sem), "a"), 0);
    CHECK(trt_name_find("b") == &queue);
}

KTEST(registry, M3_any_of_them_can_be_taken_back_and_added_anew) {
    for (unsigned i = 0; i < 3; i++) {
        add_two();
        CHECK_EQ(trt_name_add(&names[2], &names, "c"), TRT_OK);
        CHECK_EQ(trt_name_remove(&names[i]), TRT_OK);
        note_names();
        for (unsigned j = 0; j < 3; j++) {
            CHECK_EQ(trt_name_remove(&names[j]), i == j ? TRT_ERR_STATE : TRT_OK);
        }
    }
    CHECK_LOG("cbcaba");
}

KTEST(registry, M3_list_ends_at_a_name_that_has_been_removed) {
    add_two();
    const trt_name_t *n = trt_name_next(NULL);
    CHECK_EQ(trt_name_remove(&names[1]), TRT_OK);
    CHECK(trt_name_next(n) == NULL);
}

KTEST(registry, D3_wrong_names) {
    CHECK_EQ(trt_name_add(NULL, &sem, "a"), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_name_add", NULL, TRT_ERR_OBJECT);
    CHECK_EQ(trt_name_add(&names[0], NULL, "a"), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_name_add", &names[0], TRT_ERR_PARAM);
    CHECK_EQ(trt_name_add(&names[0], &sem, NULL), TRT_ERR_PARAM);
    CHECK_MISUSE("trt_name_add", &names[0], TRT_ERR_PARAM);
    CHECK_EQ(trt_name_remove(NULL), TRT_ERR_OBJECT);
    CHECK_MISUSE("trt_name_remove", NULL, TRT_ERR_OBJECT);
    add_two();
    CHECK_EQ(trt_name_add(&names[0], &queue, "c"), TRT_ERR_STATE);
    CHECK_EQ(strcmp(trt_name_of(&sem), "a"), 0);
    note_names();
    CHECK_LOG("ba");
}
