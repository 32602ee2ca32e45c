/* Descriptors without a file: what /proc links as anon_inode, and memfds. */
#include "case.h"
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

static int uring(struct io_uring_params *parameters) {
  memset(parameters, 0, sizeof *parameters);
  return must(syscall(SYS_io_uring_setup, 8, parameters), "io_uring_setup");
}

static void io_uring(void) {
  struct io_uring_params parameters;
  uring(&parameters);
  ready();
}

static void io_uring_mapped(void) {
  struct io_uring_params parameters;
  int fd = uring(&parameters);
  must_map(mmap(NULL, parameters.sq_off.array + 8 * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING),
           "map ring");
  ready();
}

/* As liburing may leave it: the ring is mapped, its descriptor closed. */
static void io_uring_closed(void) {
  struct io_uring_params parameters;
  int fd = uring(&parameters);
  must_map(mmap(NULL, parameters.sq_off.array + 8 * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING),
           "map ring");
  close(fd);
  ready();
}

static void plain_eventfd(void) {
  must(eventfd(3, 0), "eventfd");
  ready();
}

static void semaphore_eventfd(void) {
  must(eventfd(3, EFD_SEMAPHORE), "eventfd");
  ready();
}

static void epoll_on(int watched) {
  struct epoll_event event = {.events = EPOLLIN};
  int fd = must(epoll_create1(0), "epoll_create1");
  must(epoll_ctl(fd, EPOLL_CTL_ADD, watched, &event), "epoll_ctl");
}

static void plain_epoll(void) {
  epoll_on(must(eventfd(0, 0), "eventfd"));
  ready();
}

/* The watched descriptor is gone, another name of it is still there. */
static void epoll_escaped(void) {
  int watched = must(eventfd(0, 0), "eventfd");
  dup2(watched, 500);
  epoll_on(watched);
  close(watched);
  ready();
}

static void plain_signalfd(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  must(signalfd(-1, &set, 0), "signalfd");
  ready();
}

static void timer(int clock) {
  struct itimerspec in = {.it_value.tv_sec = 3600};
  int fd = must(timerfd_create(clock, 0), "timerfd_create");
  must(timerfd_settime(fd, 0, &in, NULL), "timerfd_settime");
  ready();
}

static void timerfd_realtime(void) { timer(CLOCK_REALTIME); }
static void timerfd_monotonic(void) { timer(CLOCK_MONOTONIC); }
static void timerfd_boottime(void) { timer(CLOCK_BOOTTIME); }
static void timerfd_alarm(void) { timer(CLOCK_REALTIME_ALARM); }
static void timerfd_boottime_alarm(void) { timer(CLOCK_BOOTTIME_ALARM); }

static void userfault(void) {
  must(syscall(SYS_userfaultfd, 0), "userfaultfd");
  ready();
}

static int perf(void) {
  struct perf_event_attr attributes = {
      .type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = PERF_COUNT_SW_TASK_CLOCK};
  return must(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0), "perf_event_open");
}

static void perf_event(void) {
  perf();
  ready();
}

static void perf_mapped(void) {
  int fd = perf();
  must_map(mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "map perf");
  ready();
}

static void bpf_map(int type) {
  union bpf_attr attributes = {.map_type = type, .key_size = 4, .value_size = 8, .max_entries = 16};
  must(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes), "bpf map");
  ready();
}

static void bpf_map_hash(void) { bpf_map(BPF_MAP_TYPE_HASH); }
static void bpf_map_array(void) { bpf_map(BPF_MAP_TYPE_ARRAY); }
static void bpf_map_lru(void) { bpf_map(BPF_MAP_TYPE_LRU_HASH); }

static void bpf_program(void) {
  struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0}, {.code = BPF_JMP | BPF_EXIT}};
  union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                               .insns = (uintptr_t)code,
                               .insn_cnt = 2,
                               .license = (uintptr_t) "GPL"};
  must(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes), "bpf program");
  ready();
}

static int landlock(void) {
  struct landlock_ruleset_attr attributes = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK};
  return must(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0), "landlock");
}

static void landlock_ruleset(void) {
  landlock();
  ready();
}

static void landlock_domain(void) {
  int fd = landlock();
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  must(syscall(SYS_landlock_restrict_self, fd, 0), "landlock_restrict_self");
  close(fd);
  ready();
}

static int filter(unsigned flags, unsigned verdict) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_swapon, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, verdict),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = 4, .filter = code};
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  return must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program), "seccomp");
}

static void seccomp_filter(void) {
  filter(0, SECCOMP_RET_ERRNO | EPERM);
  ready();
}

static void seccomp_notify(void) {
  filter(SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_USER_NOTIF);
  ready();
}

static void pidfd_of(pid_t pid, unsigned flags) { must(syscall(SYS_pidfd_open, pid, flags), "pidfd_open"); }

static void pidfd_self(void) {
  pidfd_of(getpid(), 0);
  ready();
}

static void pidfd_outside(void) {
  pidfd_of(getppid(), 0);
  ready();
}

static void pidfd_thread(void) {
  pidfd_of(getpid(), PIDFD_THREAD);
  ready();
}

static void pidfd_child(void) {
  pid_t child = fork();
  if (child == 0) {
    let_go();
    wait_for_ever();
  }
  pidfd_of(child, 0);
  ready();
}

static void pidfd_dead(void) {
  pid_t child = fork();
  if (child == 0) _exit(0);
  pidfd_of(child, 0);
  waitpid(child, NULL, 0);
  ready();
}

static void memory_file(unsigned flags, const char *name) {
  int fd = must(syscall(SYS_memfd_create, name, flags), "memfd_create");
  must(ftruncate(fd, 2 << 20), "size");
  if (flags & MFD_ALLOW_SEALING) must(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), "seal");
  ready();
}

static void memfd(void) { memory_file(0, "plain"); }
static void memfd_sealed(void) { memory_file(MFD_ALLOW_SEALING, "sealed"); }
static void memfd_huge(void) { memory_file(MFD_HUGETLB, "huge"); }

static int secret(void) {
  int fd = must(syscall(SYS_memfd_secret, 0), "memfd_secret");
  must(ftruncate(fd, 4096), "size");
  return fd;
}

static void memfd_secret(void) {
  secret();
  ready();
}

static void memfd_secret_mapped(void) {
  int fd = secret();
  char *page = must_map(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "map secret");
  page[0] = 1;
  close(fd);
  ready();
}

static void packet_pipe(void) {
  int ends[2];
  must(pipe2(ends, O_DIRECT), "pipe2");
  ready();
}

static void full_pipe(void) {
  int ends[2];
  must(pipe(ends), "pipe");
  must(write(ends[1], "waits to be read", 16), "write");
  ready();
}

static void file_system_context(void) {
  must(syscall(SYS_fsopen, "tmpfs", 0), "fsopen");
  ready();
}

static void detached_mount(void) {
  must(syscall(SYS_open_tree, AT_FDCWD, "/run", 1 /* OPEN_TREE_CLONE */), "open_tree");
  ready();
}

static void kvm(void) {
  must(mknod("kvm", S_IFCHR | 0600, makedev(10, 232)), "mknod");
  int device = must(open("kvm", O_RDWR), "/dev/kvm");
  must(syscall(SYS_ioctl, device, 0xAE01 /* KVM_CREATE_VM */, 0), "KVM_CREATE_VM");
  close(device);
  ready();
}

static const struct thing things[] = {
    {"io-uring", io_uring},
    {"io-uring-mapped", io_uring_mapped},
    {"io-uring-closed", io_uring_closed},
    {"eventfd", plain_eventfd},
    {"eventfd-semaphore", semaphore_eventfd},
    {"epoll", plain_epoll},
    {"epoll-escaped", epoll_escaped},
    {"signalfd", plain_signalfd},
    {"timerfd-realtime", timerfd_realtime},
    {"timerfd-monotonic", timerfd_monotonic},
    {"timerfd-boottime", timerfd_boottime},
    {"timerfd-alarm", timerfd_alarm},
    {"timerfd-boottime-alarm", timerfd_boottime_alarm},
    {"userfaultfd", userfault},
    {"perf-event", perf_event},
    {"perf-event-mapped", perf_mapped},
    {"bpf-map-hash", bpf_map_hash},
    {"bpf-map-array", bpf_map_array},
    {"bpf-map-lru", bpf_map_lru},
    {"bpf-program", bpf_program},
    {"landlock-ruleset", landlock_ruleset},
    {"landlock-domain", landlock_domain},
    {"seccomp-filter", seccomp_filter},
    {"seccomp-notify", seccomp_notify},
    {"pidfd-self", pidfd_self},
    {"pidfd-outside", pidfd_outside},
    {"pidfd-thread", pidfd_thread},
    {"pidfd-child", pidfd_child},
    {"pidfd-dead", pidfd_dead},
    {"memfd", memfd},
    {"memfd-sealed", memfd_sealed},
    {"memfd-huge", memfd_huge},
    {"memfd-secret", memfd_secret},
    {"memfd-secret-mapped", memfd_secret_mapped},
    {"packet-pipe", packet_pipe},
    {"full-pipe", full_pipe},
    {"file-system-context", file_system_context},
    {"detached-mount", detached_mount},
    {"kvm", kvm},
    {NULL, NULL},
};

MAIN_FOR(things)
