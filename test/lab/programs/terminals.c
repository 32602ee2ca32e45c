/* Pseudo terminals with and without their other end, and what a session makes of them. */
#include "case.h"
#include <sys/ioctl.h>

static int master(void) {
  int fd = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  must(grantpt(fd), "grantpt");
  must(unlockpt(fd), "unlockpt");
  return fd;
}

static int slave_of(int fd, int flags) {
  char path[64];
  int number;
  must(ioctl(fd, TIOCGPTN, &number), "TIOCGPTN");
  snprintf(path, sizeof path, "/dev/pts/%d", number);
  return must(open(path, O_RDWR | flags), path);
}

static void pair(void) {
  slave_of(master(), O_NOCTTY);
  ready();
}

static void pair_queued(void) {
  int fd = master();
  slave_of(fd, O_NOCTTY);
  must(write(fd, "typed\n", 6), "write");
  ready();
}

static void master_alone(void) {
  master();
  ready();
}

/* The program is a session leader already, so the slave becomes its terminal. */
static void controlling(void) {
  int fd = slave_of(master(), 0);
  must(ioctl(fd, TIOCSCTTY, 0), "TIOCSCTTY");
  ready();
}

static void controlling_device(void) {
  int fd = slave_of(master(), 0);
  must(ioctl(fd, TIOCSCTTY, 0), "TIOCSCTTY");
  must(open("/dev/tty", O_RDWR), "/dev/tty");
  ready();
}

static void controlling_gone(void) {
  int slave = slave_of(master(), 0);
  must(ioctl(slave, TIOCSCTTY, 0), "TIOCSCTTY");
  must(open("/dev/tty", O_RDWR), "/dev/tty");
  close(slave);
  ready();
}

static void hung_up(void) {
  int fd = master();
  slave_of(fd, O_NOCTTY);
  close(fd);
  ready();
}

enum role { HOLDS_SLAVE, HAS_SLAVE_AS_TERMINAL, HOLDS_TWO_SLAVES };

/* As under sshd or `lxc exec`: whoever shows the terminal is not looked at. */
static void master_outside_for(enum role role) {
  struct gate gate = make_gate();
  int first = master();
  int second = role == HOLDS_TWO_SLAVES ? master() : -1;
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    int slave = slave_of(first, O_NOCTTY);
    if (role == HAS_SLAVE_AS_TERMINAL) must(ioctl(slave, TIOCSCTTY, 0), "TIOCSCTTY");
    if (role == HOLDS_TWO_SLAVES) slave_of(second, O_NOCTTY);
    close(first);
    if (second >= 0) close(second);
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void master_outside(void) { master_outside_for(HOLDS_SLAVE); }
static void terminal_outside(void) { master_outside_for(HAS_SLAVE_AS_TERMINAL); }
static void two_masters_outside(void) { master_outside_for(HOLDS_TWO_SLAVES); }

/* A job of a shell: neither leader of its session nor without it. */
static void job(int terminal) {
  struct gate gate = make_gate();
  int fd = master();
  int slave = slave_of(fd, O_NOCTTY);
  if (terminal) must(ioctl(slave, TIOCSCTTY, 0), "TIOCSCTTY");
  pid_t inside = fork();
  if (inside == 0) {
    setpgid(0, 0);
    close(fd);
    if (!terminal) close(slave);
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  pass_gate(gate);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void job_with_terminal(void) { job(1); }
static void job_without_terminal(void) { job(0); }

static const struct thing things[] = {
    {"pair", pair},
    {"pair-queued", pair_queued},
    {"master-alone", master_alone},
    {"controlling", controlling},
    {"controlling-device", controlling_device},
    {"controlling-gone", controlling_gone},
    {"hung-up", hung_up},
    {"master-outside", master_outside},
    {"terminal-outside", terminal_outside},
    {"two-masters-outside", two_masters_outside},
    {"job-with-terminal", job_with_terminal},
    {"job-without-terminal", job_without_terminal},
    {NULL, NULL},
};

MAIN_FOR(things)
