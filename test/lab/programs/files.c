/* Files that are gone, replaced, locked or covered, in the working directory. */
#include "case.h"
#include <mqueue.h>
#include <sys/file.h>

static int file(const char *path, size_t bytes) {
  int fd = must(open(path, O_RDWR | O_CREAT, 0644), path);
  char block[4096];
  memset(block, 'x', sizeof block);
  for (size_t done = 0; done < bytes; done += sizeof block) must(write(fd, block, sizeof block), "fill");
  must(lseek(fd, 0, SEEK_SET), "seek");
  return fd;
}

static int ghost(size_t bytes) {
  int fd = file("ghost", bytes);
  must(unlink("ghost"), "unlink");
  return fd;
}

static void ghost_small(void) {
  ghost(4096);
  ready();
}

static void ghost_at_limit(void) {
  ghost(1 << 20);
  ready();
}

static void ghost_big(void) {
  ghost(3 << 20);
  ready();
}

static void ghost_sparse(void) {
  must(ftruncate(ghost(4096), 64 << 20), "truncate");
  ready();
}

static void ghost_mapped(size_t bytes) {
  int fd = ghost(bytes);
  must_map(mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0), "map");
  close(fd);
  ready();
}

static void ghost_mapped_small(void) { ghost_mapped(8192); }
static void ghost_mapped_big(void) { ghost_mapped(3 << 20); }

static void ghost_fifo(void) {
  must(mkfifo("fifo", 0600), "mkfifo");
  must(open("fifo", O_RDWR), "fifo");
  must(unlink("fifo"), "unlink");
  ready();
}

static void ghost_directory(void) {
  must(mkdir("directory", 0755), "mkdir");
  must(open("directory", O_RDONLY | O_DIRECTORY), "open");
  must(rmdir("directory"), "rmdir");
  ready();
}

static void other_link(void) {
  file("first", 4096);
  must(link("first", "second"), "link");
  must(unlink("first"), "unlink");
  ready();
}

static void replaced(void) {
  file("name", 4096);
  close(file("new", 4096));
  must(rename("new", "name"), "rename");
  ready();
}

/* The old name is another file now, the file itself has a second name. */
static void replaced_with_link(void) {
  file("name", 4096);
  must(link("name", "kept"), "link");
  close(file("new", 4096));
  must(rename("new", "name"), "rename");
  ready();
}

static void temporary(size_t bytes) {
  int fd = must(open(".", O_TMPFILE | O_RDWR, 0600), "O_TMPFILE");
  must(ftruncate(fd, bytes), "size");
  ready();
}

static void temporary_file(void) { temporary(4096); }

static void directory_gone(void) {
  must(mkdir("here", 0755), "mkdir");
  must(chdir("here"), "chdir");
  must(rmdir("../here"), "rmdir");
  ready();
}

static void plain_file(void) {
  file("plain", 8192);
  must(open("plain", O_RDONLY | O_APPEND), "plain");
  must(open(".", O_RDONLY | O_DIRECTORY), "directory");
  ready();
}

static void plain_fifo(void) {
  must(mkfifo("fifo", 0600), "mkfifo");
  int fd = must(open("fifo", O_RDWR), "fifo");
  must(write(fd, "waits", 5), "write");
  ready();
}

static void mapped_file(void) {
  int fd = file("mapped", 8192);
  must_map(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "map");
  must_map(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0), "map");
  ready();
}

static void lock_flock(void) {
  must(flock(file("lock", 1), LOCK_EX), "flock");
  ready();
}

static void lock_posix(void) {
  struct flock whole = {.l_type = F_WRLCK};
  must(fcntl(file("lock", 1), F_SETLK, &whole), "F_SETLK");
  ready();
}

static void lock_open_file(void) {
  struct flock whole = {.l_type = F_WRLCK};
  must(fcntl(file("lock", 1), F_OFD_SETLK, &whole), "F_OFD_SETLK");
  ready();
}

static void lock_lease(void) {
  close(file("lease", 1));
  int fd = must(open("lease", O_RDONLY), "lease");
  must(fcntl(fd, F_SETLEASE, F_RDLCK), "F_SETLEASE");
  ready();
}

/* Somebody else has locked the file that is open here. */
static void lock_outside(void) {
  struct gate gate = make_gate();
  int held = file("lock", 1);
  must(flock(held, LOCK_EX), "flock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    close(held);
    must(open("lock", O_RDWR), "lock");
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

/* Locked by somebody else, through the open file that is shared with the tree. */
static void lock_inherited(void) {
  struct gate gate = make_gate();
  must(flock(file("lock", 1), LOCK_EX), "flock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void path_only(void) {
  close(file("plain", 1));
  must(symlink("plain", "link"), "symlink");
  must(open("plain", O_PATH), "O_PATH");
  must(open("link", O_PATH | O_NOFOLLOW), "O_PATH");
  must(open(".", O_PATH), "O_PATH");
  ready();
}

static void path_only_socket(void) {
  must(mknod("socket", S_IFSOCK | 0600, 0), "mknod");
  must(open("socket", O_PATH), "O_PATH");
  ready();
}

static void path_only_device(void) {
  must(open("/dev/fuse", O_PATH), "/dev/fuse");
  ready();
}

static void path_only_null(void) {
  must(open("/dev/null", O_PATH), "/dev/null");
  ready();
}

static void message_queue(void) {
  struct mq_attr shape = {.mq_maxmsg = 4, .mq_msgsize = 64};
  char name[64];
  snprintf(name, sizeof name, "/accuracy-%d", getpid());
  must(mq_open(name, O_RDWR | O_CREAT, 0600, &shape), "mq_open");
  must(mq_unlink(name), "mq_unlink");
  ready();
}

static void proc_dead(void) {
  char path[64];
  pid_t child = fork();
  if (child == 0) wait_for_ever();
  snprintf(path, sizeof path, "/proc/%d/status", child);
  must(open(path, O_RDONLY), path);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  ready();
}

static void proc_self(void) {
  must(open("/proc/self/status", O_RDONLY), "status");
  must(open("/proc/self/task", O_RDONLY | O_DIRECTORY), "task");
  ready();
}

static void proc_outside(void) {
  must(open("/proc/1/status", O_RDONLY), "/proc/1/status");
  ready();
}

static const struct thing things[] = {
    {"ghost-small", ghost_small},
    {"ghost-at-limit", ghost_at_limit},
    {"ghost-big", ghost_big},
    {"ghost-sparse", ghost_sparse},
    {"ghost-mapped-small", ghost_mapped_small},
    {"ghost-mapped-big", ghost_mapped_big},
    {"ghost-fifo", ghost_fifo},
    {"ghost-directory", ghost_directory},
    {"other-link", other_link},
    {"replaced", replaced},
    {"replaced-with-link", replaced_with_link},
    {"temporary-file", temporary_file},
    {"directory-gone", directory_gone},
    {"plain-file", plain_file},
    {"plain-fifo", plain_fifo},
    {"mapped-file", mapped_file},
    {"lock-flock", lock_flock},
    {"lock-posix", lock_posix},
    {"lock-open-file", lock_open_file},
    {"lock-lease", lock_lease},
    {"lock-outside", lock_outside},
    {"lock-inherited", lock_inherited},
    {"path-only", path_only},
    {"path-only-socket", path_only_socket},
    {"path-only-device", path_only_device},
    {"path-only-null", path_only_null},
    {"message-queue", message_queue},
    {"proc-dead", proc_dead},
    {"proc-self", proc_self},
    {"proc-outside", proc_outside},
    {NULL, NULL},
};

MAIN_FOR(things)
