/* What all programs share: they make one thing, say that it is there, and wait to be looked at. */
#ifndef CASE_H
#define CASE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit status for "this machine cannot make it"; the reason is on standard error. */
#define CANNOT_BE_MADE 77

struct thing {
  const char *name;
  void (*make)(void);
};

static inline void cannot(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(CANNOT_BE_MADE);
}

/* Gives back what a call gave; a call that failed ends the program. */
static inline long must(long result, const char *what) {
  if (result < 0) cannot(what);
  return result;
}

static inline void *must_map(void *address, const char *what) {
  if (address == MAP_FAILED) cannot(what);
  return address;
}

static inline void wait_for_ever(void) {
  for (;;) pause();
}

/* Drops the standard streams, which belong to whoever started the program. */
static inline void let_go(void) {
  int null = must(open("/dev/null", O_RDWR), "/dev/null");
  for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/* Says that everything is there, by a file that holds the pid of the tree's root, 0 for the program itself. */
static inline void say_ready_for(int root) {
  const char *path = getenv("READY");
  char part[4096];
  if (path == NULL) path = "/dev/null";
  snprintf(part, sizeof part, "%s.part", path);
  FILE *file = fopen(part, "w");
  if (file == NULL) cannot(path);
  fprintf(file, "%d\n", root);
  fclose(file);
  must(rename(part, path), "say ready");
}

static inline void ready(void) {
  let_go();
  say_ready_for(0);
  wait_for_ever();
}

/* A pair of pipes as a gate: the child opens it, the parent waits for that. */
struct gate {
  int ends[2];
};

static inline struct gate make_gate(void) {
  struct gate gate;
  must(pipe(gate.ends), "pipe");
  return gate;
}

static inline void open_gate(struct gate gate) {
  must(write(gate.ends[1], "", 1), "open gate");
  close(gate.ends[0]);
  close(gate.ends[1]);
}

static inline void pass_gate(struct gate gate) {
  char byte;
  close(gate.ends[1]);
  if (read(gate.ends[0], &byte, 1) != 1) {
    int status;
    /* The child has said why. */
    wait(&status);
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  }
  close(gate.ends[0]);
}

static inline void write_file(const char *path, const char *text) {
  int fd = must(open(path, O_WRONLY | O_CREAT, 0644), path);
  must(write(fd, text, strlen(text)), path);
  close(fd);
}

static inline int make_one_of(int argc, char **argv, const struct thing *things) {
  if (argc >= 2) {
    for (; things->name != NULL; things++) {
      if (strcmp(argv[1], things->name) == 0) {
        things->make();
        return 0;
      }
    }
  }
  fprintf(stderr, "unknown: %s\n", argc >= 2 ? argv[1] : "nothing asked for");
  return 2;
}

#define MAIN_FOR(things) \
  int main(int argc, char **argv) { return make_one_of(argc, argv, things); }

#endif
