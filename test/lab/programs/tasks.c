/* Processes and threads in states that a dump does or does not take. */
#include "case.h"
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>

static void *thread_waits(void *unused) {
  wait_for_ever();
  return unused;
}

static void start_thread(void *(*run)(void *)) {
  pthread_t thread;
  errno = pthread_create(&thread, NULL, run, NULL);
  if (errno != 0) cannot("pthread_create");
}

static pid_t child(void) {
  pid_t pid = must(fork(), "fork");
  if (pid == 0) {
    let_go();
    wait_for_ever();
  }
  return pid;
}

static void single(void) { ready(); }

static void children(void) {
  for (int count = 0; count < 3; count++) child();
  ready();
}

static void threads(void) {
  for (int count = 0; count < 8; count++) start_thread(thread_waits);
  ready();
}

static void zombie(void) {
  if (must(fork(), "fork") == 0) _exit(0);
  usleep(20000);
  ready();
}

static void *thread_stays_alone(void *unused) {
  usleep(50000);
  say_ready_for(0);
  wait_for_ever();
  return unused;
}

static void leader_dead(void) {
  start_thread(thread_stays_alone);
  let_go();
  pthread_exit(NULL);
}

static void child_leader_dead(void) {
  if (must(fork(), "fork") == 0) leader_dead();
  let_go();
  wait_for_ever();
}

static void traced_inside(void) {
  pid_t pid = child();
  usleep(20000);
  must(ptrace(PTRACE_SEIZE, pid, 0, 0), "PTRACE_SEIZE");
  ready();
}

/* Someone outside debugs it. */
static void traced(void) {
  struct gate gate = make_gate();
  pid_t inside = must(fork(), "fork");
  if (inside == 0) {
    setsid();
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  usleep(20000);
  must(ptrace(PTRACE_SEIZE, inside, 0, 0), "PTRACE_SEIZE");
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void vforked(void) {
  let_go();
  say_ready_for(0);
  if (vfork() == 0) wait_for_ever();
}

static void stopped_by(int signal) {
  pid_t pid = child();
  usleep(20000);
  must(setpgid(pid, pid), "setpgid");
  must(kill(pid, signal), "kill");
  usleep(20000);
  ready();
}

static void stopped(void) { stopped_by(SIGSTOP); }
static void stopped_tstp(void) { stopped_by(SIGTSTP); }
static void stopped_ttin(void) { stopped_by(SIGTTIN); }
static void stopped_ttou(void) { stopped_by(SIGTTOU); }

static void pending(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, NULL);
  must(kill(getpid(), signal), "kill");
  ready();
}

static void pending_trap(void) { pending(SIGTRAP); }
static void *thread_with_trap(void *unused) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTRAP);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  must(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGTRAP), "tgkill");
  let_go();
  say_ready_for(0);
  wait_for_ever();
  return unused;
}

static void thread_pending_trap(void) {
  start_thread(thread_with_trap);
  wait_for_ever();
}

static void pending_user(void) { pending(SIGUSR1); }

static void session_inside(void) {
  if (must(fork(), "fork") == 0) {
    setsid();
    let_go();
    wait_for_ever();
  }
  ready();
}

/* The one who made the session is gone, its job lives on below the root. */
static void session_leader_gone(void) {
  struct gate gate = make_gate();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t leader = must(fork(), "fork");
  if (leader == 0) {
    setsid();
    if (fork() == 0) {
      open_gate(gate);
      let_go();
      wait_for_ever();
    }
    _exit(0);
  }
  pass_gate(gate);
  waitpid(leader, NULL, 0);
  ready();
}

/* Not the leader of its session, as whatever a script starts. */
static void not_leader(void) {
  pid_t inside = child();
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void timers(void) {
  struct itimerval in = {.it_value.tv_sec = 3600};
  struct sigevent by = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  timer_t timer;
  signal(SIGALRM, SIG_IGN);
  must(setitimer(ITIMER_REAL, &in, NULL), "setitimer");
  must(timer_create(CLOCK_MONOTONIC, &by, &timer), "timer_create");
  ready();
}

static void affinity(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  must(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
  ready();
}

static void niced(void) {
  must(setpriority(PRIO_PROCESS, 0, 5), "setpriority");
  ready();
}

static void batch(void) {
  struct sched_param none = {0};
  must(sched_setscheduler(0, SCHED_BATCH, &none), "SCHED_BATCH");
  ready();
}

static void deadline(void) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {
      .size = sizeof attributes, .policy = 6, .runtime = 1000000, .deadline = 100000000, .period = 100000000};
  must(syscall(SYS_sched_setattr, 0, &attributes, 0), "SCHED_DEADLINE");
  ready();
}

static void other_user(void) {
  must(setgid(1000), "setgid");
  must(setuid(1000), "setuid");
  ready();
}

static void keep_open(int flags) {
  if (must(fork(), "fork") == 0) {
    must(unshare(flags), "unshare");
    let_go();
    say_ready_for(getppid());
    wait_for_ever();
  }
  let_go();
  wait_for_ever();
}

/* A child that has a namespace of its own, as sandboxes and service managers make them. */
static void nested_uts(void) { keep_open(CLONE_NEWUTS); }
static void nested_ipc(void) { keep_open(CLONE_NEWIPC); }
static void nested_net(void) { keep_open(CLONE_NEWNET); }
static void nested_mount(void) { keep_open(CLONE_NEWNS); }
static void nested_user(void) { keep_open(CLONE_NEWUSER); }
static void nested_cgroup(void) { keep_open(CLONE_NEWCGROUP); }

static void nested_pid(void) {
  must(unshare(CLONE_NEWPID), "unshare");
  child();
  ready();
}

static void nested_time(void) {
  must(unshare(0x80 /* CLONE_NEWTIME */), "unshare");
  child();
  ready();
}

/* The namespace is for children, and there is none yet. */
static void time_for_children(void) {
  must(unshare(0x80 /* CLONE_NEWTIME */), "unshare");
  ready();
}

static void pid_for_children(void) {
  must(unshare(CLONE_NEWPID), "unshare");
  ready();
}

/* In a pid namespace that has an init, without being it. */
static void not_init(void) {
  struct gate gate = make_gate();
  char path[64], text[32] = "";
  must(unshare(CLONE_NEWPID), "unshare");
  pid_t init = must(fork(), "fork");
  if (init == 0) {
    setsid();
    if (fork() == 0) {
      setsid();
      open_gate(gate);
    }
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", init, init);
  int fd = must(open(path, O_RDONLY), path);
  must(read(fd, text, sizeof text - 1), path);
  let_go();
  say_ready_for(atoi(text));
  wait_for_ever();
}

/* Two processes with one table of descriptors, one memory, one working directory. */
static char stack[65536];

static int shares(void *unused) {
  (void)unused;
  wait_for_ever();
  return 0;
}

static void sharing(int flags) {
  let_go();
  must(clone(shares, stack + sizeof stack, flags | SIGCHLD, NULL), "clone");
  say_ready_for(0);
  wait_for_ever();
}

static void shared_descriptors(void) { sharing(CLONE_FILES); }
static void shared_memory(void) { sharing(CLONE_VM); }
static void shared_directory(void) { sharing(CLONE_FS); }
static void shared_handlers(void) { sharing(CLONE_VM | CLONE_SIGHAND); }

static void seccomp_strict(void) {
  int ends[2];
  char byte;
  must(pipe(ends), "pipe");
  let_go();
  say_ready_for(0);
  must(prctl(PR_SET_SECCOMP, 1, 0, 0, 0), "strict seccomp");
  if (read(ends[0], &byte, 1) < 0) syscall(SYS_exit, 1);
}

static int unshared_in_thread;

static void *thread_unshares(void *unused) {
  must(unshare(unshared_in_thread), "unshare");
  if (unshared_in_thread & CLONE_FS) must(chdir("/"), "chdir");
  let_go();
  say_ready_for(0);
  wait_for_ever();
  return unused;
}

static void thread_own(int flags) {
  unshared_in_thread = flags;
  start_thread(thread_unshares);
  wait_for_ever();
}

static void thread_net(void) { thread_own(CLONE_NEWNET); }
static void thread_uts(void) { thread_own(CLONE_NEWUTS); }
static void thread_directory(void) { thread_own(CLONE_FS); }

static void namespace_of_other(void) {
  struct gate gate = make_gate();
  char path[64];
  pid_t other = must(fork(), "fork");
  if (other == 0) {
    setsid();
    must(unshare(CLONE_NEWUTS), "unshare");
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  snprintf(path, sizeof path, "/proc/%d/ns/uts", other);
  int fd = must(open(path, O_RDONLY), path);
  pid_t inside = must(fork(), "fork");
  if (inside == 0) {
    setsid();
    let_go();
    wait_for_ever();
  }
  close(fd);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void namespace_of_own(void) {
  must(open("/proc/self/ns/net", O_RDONLY), "/proc/self/ns/net");
  ready();
}

static void busy(void) {
  let_go();
  say_ready_for(0);
  for (volatile unsigned long turns = 0;; turns++) continue;
}

static void forks(void) {
  let_go();
  say_ready_for(0);
  for (;;) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    waitpid(pid, NULL, 0);
    usleep(1000);
  }
}

static const struct thing things[] = {
    {"single", single},
    {"children", children},
    {"threads", threads},
    {"zombie", zombie},
    {"leader-dead", leader_dead},
    {"child-leader-dead", child_leader_dead},
    {"traced", traced},
    {"traced-inside", traced_inside},
    {"vforked", vforked},
    {"stopped", stopped},
    {"stopped-tstp", stopped_tstp},
    {"stopped-ttin", stopped_ttin},
    {"stopped-ttou", stopped_ttou},
    {"pending-trap", pending_trap},
    {"thread-pending-trap", thread_pending_trap},
    {"pending-user", pending_user},
    {"session-inside", session_inside},
    {"session-leader-gone", session_leader_gone},
    {"not-leader", not_leader},
    {"timers", timers},
    {"affinity", affinity},
    {"niced", niced},
    {"batch", batch},
    {"deadline", deadline},
    {"other-user", other_user},
    {"nested-uts", nested_uts},
    {"nested-ipc", nested_ipc},
    {"nested-net", nested_net},
    {"nested-mount", nested_mount},
    {"nested-user", nested_user},
    {"nested-cgroup", nested_cgroup},
    {"nested-pid", nested_pid},
    {"nested-time", nested_time},
    {"time-for-children", time_for_children},
    {"pid-for-children", pid_for_children},
    {"not-init", not_init},
    {"shared-descriptors", shared_descriptors},
    {"shared-memory", shared_memory},
    {"shared-directory", shared_directory},
    {"shared-handlers", shared_handlers},
    {"seccomp-strict", seccomp_strict},
    {"thread-net", thread_net},
    {"thread-uts", thread_uts},
    {"thread-directory", thread_directory},
    {"namespace-of-other", namespace_of_other},
    {"namespace-of-own", namespace_of_own},
    {"busy", busy},
    {"forks", forks},
    {NULL, NULL},
};

MAIN_FOR(things)
