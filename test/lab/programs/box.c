/*
 * A container in its smallest form: box NAMESPACES COMMAND..., with a letter for each namespace (m p n i u c U).
 * With m it has a root of its own, BOX_ROOT or the host's without what is mounted upon that, and /proc, /dev, /tmp and /run;
 * with n its loopback is up; with U its ids are those of the host, in a user namespace of its own.
 */
#include "case.h"
#include <linux/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#define ROOT "root"

static void must_mount(const char *source, const char *target, const char *type, unsigned long flags,
                       const char *options) {
  must(mount(source, target, type, flags, options), target);
}

static void make_device(const char *path, unsigned major, unsigned minor) {
  must(mknod(path, S_IFCHR, makedev(major, minor)), path);
  must(chmod(path, 0666), path);
}

/* Made outside of the user namespace, which may not make devices or see the host's mounts one by one. */
static void make_root(int keeps_proc) {
  must(unshare(CLONE_NEWNS), "unshare");
  must_mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
  const char *from = getenv("BOX_ROOT");
  mkdir(ROOT, 0755);
  must_mount(from == NULL ? "/" : from, ROOT, NULL, MS_BIND, NULL);
  must(chdir(ROOT), "chdir");
  must_mount("tmpfs", "run", "tmpfs", 0, "mode=755");
  mkdir("run/old", 0755);
  must(syscall(SYS_pivot_root, ".", "run/old"), "pivot_root");
  must(chdir("/"), "chdir");
  /* A user namespace may mount only what it sees already. */
  if (keeps_proc) must_mount("proc", "/proc", "proc", 0, NULL);
  must_mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777");
  must_mount("tmpfs", "/dev", "tmpfs", 0, "mode=755");
  make_device("/dev/null", 1, 3);
  make_device("/dev/zero", 1, 5);
  make_device("/dev/random", 1, 8);
  make_device("/dev/urandom", 1, 9);
  make_device("/dev/tty", 5, 0);
  mkdir("/dev/pts", 0755);
  mkdir("/dev/shm", 0755);
  must(symlink("pts/ptmx", "/dev/ptmx"), "ptmx");
  must(umount2("/run/old", MNT_DETACH), "umount");
  rmdir("/run/old");
  must(chdir("/tmp"), "chdir");
  setenv("READY", "/run/ready", 1);
}

static void mount_own(void) {
  must_mount("proc", "/proc", "proc", 0, NULL);
  must_mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666");
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING};
  int fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  must(ioctl(fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
  close(fd);
}

static void map_ids(pid_t child) {
  char path[64];
  for (const char *const *name = (const char *const[]){"uid_map", "gid_map", NULL}; *name != NULL; name++) {
    snprintf(path, sizeof path, "/proc/%d/%s", child, *name);
    int fd = must(open(path, O_WRONLY), path);
    must(write(fd, "0 0 65536", 9), path);
    close(fd);
  }
}

static int flags_of(const char *letters) {
  int flags = SIGCHLD;
  for (; *letters != '\0'; letters++) {
    switch (*letters) {
      case 'm': flags |= CLONE_NEWNS; break;
      case 'p': flags |= CLONE_NEWPID; break;
      case 'n': flags |= CLONE_NEWNET; break;
      case 'i': flags |= CLONE_NEWIPC; break;
      case 'u': flags |= CLONE_NEWUTS; break;
      case 'c': flags |= CLONE_NEWCGROUP; break;
      case 'U': flags |= CLONE_NEWUSER; break;
      default: break;
    }
  }
  return flags;
}

int main(int argc, char **argv) {
  int status;
  if (argc < 3) return 2;
  struct gate mapped = make_gate();
  int own_root = strchr(argv[1], 'm') != NULL, own_ids = strchr(argv[1], 'U') != NULL;
  if (own_root) make_root(own_ids);
  pid_t child = must(syscall(SYS_clone, flags_of(argv[1]), 0, 0, 0, 0), "clone");
  if (child == 0) {
    pass_gate(mapped);
    setsid();
    if (strchr(argv[1], 'n') != NULL) loopback_up();
    if (own_root) mount_own();
    execvp(argv[2], argv + 2);
    cannot(argv[2]);
  }
  if (own_ids) map_ids(child);
  open_gate(mapped);
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
