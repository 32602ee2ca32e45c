/* Unix sockets: with their peer here, elsewhere or gone, and with things on the way. */
#include "case.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un named(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strncpy(name.sun_path, path, sizeof name.sun_path - 1);
  return name;
}

static int unix_socket(int type) { return must(socket(AF_UNIX, type, 0), "socket"); }

static int bound(int type, const char *path) {
  struct sockaddr_un name = named(path);
  int fd = unix_socket(type);
  must(bind(fd, (struct sockaddr *)&name, sizeof name), "bind");
  return fd;
}

static int listener(int type, const char *path) {
  int fd = bound(type, path);
  must(listen(fd, 8), "listen");
  return fd;
}

static int connect_to(int type, const char *path) {
  struct sockaddr_un name = named(path);
  int fd = unix_socket(type);
  must(connect(fd, (struct sockaddr *)&name, sizeof name), "connect");
  return fd;
}

static void pair(int type, int ends[2]) { must(socketpair(AF_UNIX, type, 0, ends), "socketpair"); }

/* Goes on as somebody else's process; the tree that is looked at is the caller's child. */
static void stay_outside(pid_t inside, struct gate gate) {
  pass_gate(gate);
  let_go();
  say_ready_for(inside);
  wait_for_ever();
}

static void stay_inside(struct gate gate) {
  open_gate(gate);
  let_go();
  wait_for_ever();
}

static void pair_of(int type) {
  int ends[2];
  pair(type, ends);
  ready();
}

static void stream_pair(void) { pair_of(SOCK_STREAM); }
static void datagram_pair(void) { pair_of(SOCK_DGRAM); }
static void seqpacket_pair(void) { pair_of(SOCK_SEQPACKET); }

static void pair_queued(void) {
  int ends[2];
  pair(SOCK_STREAM, ends);
  must(write(ends[0], "waits", 5), "write");
  ready();
}

static void pair_half(void) {
  int ends[2];
  pair(SOCK_STREAM, ends);
  close(ends[0]);
  ready();
}

static void pair_shut(void) {
  int ends[2];
  pair(SOCK_STREAM, ends);
  must(shutdown(ends[0], SHUT_RDWR), "shutdown");
  ready();
}

/* One end stays with a stranger, as of a service that its starter talks to. */
static void pair_outside_of(int type) {
  struct gate gate = make_gate();
  int ends[2];
  pair(type, ends);
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    close(ends[0]);
    stay_inside(gate);
  }
  close(ends[1]);
  stay_outside(inside, gate);
}

static void pair_outside(void) { pair_outside_of(SOCK_STREAM); }
static void datagram_pair_outside(void) { pair_outside_of(SOCK_DGRAM); }

static void plain_listener(void) {
  listener(SOCK_STREAM, "listener.sock");
  ready();
}

static void plain_unbound(void) {
  unix_socket(SOCK_STREAM);
  unix_socket(SOCK_DGRAM);
  ready();
}

static void abstract_listener(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "accuracy-%d", getpid());
  int fd = unix_socket(SOCK_STREAM);
  must(bind(fd, (struct sockaddr *)&name, offsetof(struct sockaddr_un, sun_path) + 1 + length), "bind");
  must(listen(fd, 8), "listen");
  ready();
}

static void listener_unlinked(void) {
  listener(SOCK_STREAM, "unlinked.sock");
  unlink("unlinked.sock");
  ready();
}

static void connected(void) {
  int server = listener(SOCK_STREAM, "connected.sock");
  connect_to(SOCK_STREAM, "connected.sock");
  must(accept(server, NULL, NULL), "accept");
  ready();
}

/* Of a daemon outside, as the one of a container engine or of D-Bus. */
static void client_outside(void) {
  struct gate gate = make_gate();
  int server = listener(SOCK_STREAM, "daemon.sock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    close(server);
    connect_to(SOCK_STREAM, "daemon.sock");
    stay_inside(gate);
  }
  must(accept(server, NULL, NULL), "accept");
  stay_outside(inside, gate);
}

/* The daemon is inside, its client is not. */
static void server_outside(void) {
  struct gate gate = make_gate();
  int server = listener(SOCK_STREAM, "service.sock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    must(accept(server, NULL, NULL), "accept");
    stay_inside(gate);
  }
  close(server);
  connect_to(SOCK_STREAM, "service.sock");
  stay_outside(inside, gate);
}

static void datagram_bound(void) {
  bound(SOCK_DGRAM, "datagram.sock");
  ready();
}

static void datagram_connected(void) {
  bound(SOCK_DGRAM, "inside.sock");
  connect_to(SOCK_DGRAM, "inside.sock");
  ready();
}

static void datagram_queued(void) {
  bound(SOCK_DGRAM, "queued.sock");
  must(send(connect_to(SOCK_DGRAM, "queued.sock"), "waits", 5, 0), "send");
  ready();
}

/* As syslog does: connected to a name of a logger outside. */
static void datagram_outside(void) {
  struct gate gate = make_gate();
  int log = bound(SOCK_DGRAM, "log.sock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    close(log);
    connect_to(SOCK_DGRAM, "log.sock");
    stay_inside(gate);
  }
  stay_outside(inside, gate);
}

/* The peer is connected to somebody else, and has no name. */
static void datagram_unreachable(void) {
  struct gate gate = make_gate();
  int ends[2];
  pair(SOCK_DGRAM, ends);
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    close(ends[0]);
    stay_inside(gate);
  }
  bound(SOCK_DGRAM, "elsewhere.sock");
  struct sockaddr_un name = named("elsewhere.sock");
  must(connect(ends[0], (struct sockaddr *)&name, sizeof name), "connect");
  stay_outside(inside, gate);
}

static void in_flight(void) {
  listener(SOCK_STREAM, "flight.sock");
  connect_to(SOCK_STREAM, "flight.sock");
  ready();
}

static void in_flight_data(void) {
  listener(SOCK_STREAM, "data.sock");
  must(write(connect_to(SOCK_STREAM, "data.sock"), "hello", 5), "write");
  ready();
}

static void in_flight_closed(void) {
  listener(SOCK_STREAM, "closed.sock");
  close(connect_to(SOCK_STREAM, "closed.sock"));
  ready();
}

static void in_flight_outside(void) {
  struct gate gate = make_gate();
  int server = listener(SOCK_STREAM, "waiting.sock");
  pid_t inside = fork();
  if (inside == 0) {
    setsid();
    stay_inside(gate);
  }
  close(server);
  connect_to(SOCK_STREAM, "waiting.sock");
  stay_outside(inside, gate);
}

static void send_descriptors(int fd, const int *carried, int count) {
  char space[CMSG_SPACE(4 * sizeof(int))] = {0};
  struct iovec data = {.iov_base = "x", .iov_len = 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), carried, count * sizeof(int));
  must(sendmsg(fd, &message, 0), "SCM_RIGHTS");
}

static void rights(void) {
  int ends[2];
  pair(SOCK_STREAM, ends);
  int file = must(open("carried", O_RDWR | O_CREAT, 0600), "carried");
  send_descriptors(ends[0], &file, 1);
  close(file);
  ready();
}

static void rights_of_terminal(void) {
  int ends[2];
  pair(SOCK_STREAM, ends);
  int terminal = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  send_descriptors(ends[0], &terminal, 1);
  close(terminal);
  ready();
}

static void credentials(void) {
  int ends[2], on = 1;
  pair(SOCK_DGRAM, ends);
  must(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "SO_PASSCRED");
  must(write(ends[0], "who", 3), "write");
  ready();
}

static void credentials_of_stream(void) {
  int ends[2], on = 1;
  pair(SOCK_STREAM, ends);
  must(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "SO_PASSCRED");
  must(write(ends[0], "who", 3), "write");
  ready();
}

static void credentials_asked(void) {
  int ends[2], on = 1;
  pair(SOCK_DGRAM, ends);
  must(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "SO_PASSCRED");
  ready();
}

static const struct thing things[] = {
    {"stream-pair", stream_pair},
    {"datagram-pair", datagram_pair},
    {"seqpacket-pair", seqpacket_pair},
    {"pair-queued", pair_queued},
    {"pair-half", pair_half},
    {"pair-shut", pair_shut},
    {"pair-outside", pair_outside},
    {"datagram-pair-outside", datagram_pair_outside},
    {"unbound", plain_unbound},
    {"listener", plain_listener},
    {"abstract-listener", abstract_listener},
    {"listener-unlinked", listener_unlinked},
    {"connected", connected},
    {"client-outside", client_outside},
    {"server-outside", server_outside},
    {"datagram-bound", datagram_bound},
    {"datagram-connected", datagram_connected},
    {"datagram-queued", datagram_queued},
    {"datagram-outside", datagram_outside},
    {"datagram-unreachable", datagram_unreachable},
    {"in-flight", in_flight},
    {"in-flight-data", in_flight_data},
    {"in-flight-closed", in_flight_closed},
    {"in-flight-outside", in_flight_outside},
    {"rights", rights},
    {"rights-of-terminal", rights_of_terminal},
    {"credentials", credentials},
    {"credentials-of-stream", credentials_of_stream},
    {"credentials-asked", credentials_asked},
    {NULL, NULL},
};

MAIN_FOR(things)
