/* Holds one path open: open PATH, or open MAJOR:MINOR with c or b in front for a device of its own name. */
#include "case.h"
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <linux/if.h>
#include <linux/if_tun.h>

static int open_device(const char *number) {
  unsigned major, minor;
  char kind;
  if (sscanf(number, "%c%u:%u", &kind, &major, &minor) != 3) return -1;
  unlink("device");
  must(mknod("device", (kind == 'b' ? S_IFBLK : S_IFCHR) | 0600, makedev(major, minor)), "mknod");
  return must(open("device", O_RDWR | O_NONBLOCK | O_NOCTTY), number);
}

static void attach_tunnel(int fd, const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  must(ioctl(fd, TUNSETIFF, &request), "TUNSETIFF");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (strchr("bc", argv[1][0]) != NULL) {
    open_device(argv[1]);
  } else {
    int fd = open(argv[1], O_RDWR | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) fd = must(open(argv[1], O_RDONLY | O_NONBLOCK | O_NOCTTY), argv[1]);
    if (argc > 2) attach_tunnel(fd, argv[2]);
  }
  ready();
}
