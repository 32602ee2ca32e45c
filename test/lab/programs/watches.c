/* inotify and fanotify, on what can be found again and on what cannot. */
#include "case.h"
#include <sys/fanotify.h>
#include <sys/inotify.h>

static int inotify(void) { return must(inotify_init(), "inotify_init"); }

static void watch(int fd, const char *path) { must(inotify_add_watch(fd, path, IN_MODIFY | IN_CREATE), path); }

static void inotify_empty(void) {
  inotify();
  ready();
}

static void inotify_directory(void) {
  watch(inotify(), ".");
  ready();
}

static void inotify_file(void) {
  write_file("watched", "x");
  watch(inotify(), "watched");
  ready();
}

static void inotify_pending(void) {
  watch(inotify(), ".");
  write_file("event", "x");
  ready();
}

static void inotify_proc(void) {
  watch(inotify(), "/proc/self/status");
  ready();
}

static void inotify_tmpfs(void) {
  watch(inotify(), "/dev/shm");
  ready();
}

static void inotify_sys(void) {
  watch(inotify(), "/sys/kernel");
  ready();
}

/* The descriptor keeps the file alive, so that the watch stays. */
static void inotify_deleted_in(const char *path) {
  int fd = inotify();
  must(open(path, O_RDWR | O_CREAT, 0600), path);
  watch(fd, path);
  unlink(path);
  ready();
}

static void inotify_deleted(void) { inotify_deleted_in("watched"); }

static void inotify_deleted_tmpfs(void) {
  char path[64];
  snprintf(path, sizeof path, "/dev/shm/accuracy-%d", getpid());
  inotify_deleted_in(path);
}

static void inotify_deleted_tmpfs_directory(void) {
  char path[64];
  snprintf(path, sizeof path, "/dev/shm/accuracy-%d.d", getpid());
  int fd = inotify();
  must(mkdir(path, 0700), path);
  must(open(path, O_RDONLY | O_DIRECTORY), path);
  watch(fd, path);
  rmdir(path);
  ready();
}

static void fanotify(unsigned flags, unsigned how, uint64_t events) {
  int fd = must(fanotify_init(flags, O_RDONLY), "fanotify_init");
  must(fanotify_mark(fd, FAN_MARK_ADD | how, events, AT_FDCWD, "."), "fanotify_mark");
  ready();
}

static void fanotify_inode(void) { fanotify(FAN_CLASS_NOTIF, 0, FAN_MODIFY | FAN_EVENT_ON_CHILD); }
static void fanotify_mount(void) { fanotify(FAN_CLASS_NOTIF, FAN_MARK_MOUNT, FAN_CLOSE_WRITE); }
static void fanotify_file_system(void) { fanotify(FAN_CLASS_NOTIF, FAN_MARK_FILESYSTEM, FAN_CLOSE_WRITE); }
static void fanotify_content(void) { fanotify(FAN_CLASS_CONTENT, 0, FAN_CLOSE_WRITE); }

static const struct thing things[] = {
    {"inotify-empty", inotify_empty},
    {"inotify-directory", inotify_directory},
    {"inotify-file", inotify_file},
    {"inotify-pending", inotify_pending},
    {"inotify-proc", inotify_proc},
    {"inotify-tmpfs", inotify_tmpfs},
    {"inotify-sys", inotify_sys},
    {"inotify-deleted", inotify_deleted},
    {"inotify-deleted-tmpfs", inotify_deleted_tmpfs},
    {"inotify-deleted-tmpfs-directory", inotify_deleted_tmpfs_directory},
    {"fanotify-inode", fanotify_inode},
    {"fanotify-mount", fanotify_mount},
    {"fanotify-file-system", fanotify_file_system},
    {"fanotify-content", fanotify_content},
    {NULL, NULL},
};

MAIN_FOR(things)
