/* TCP and UDP sockets in every state that one machine can bring them to. */
#include "case.h"
#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

static struct sockaddr_in address(unsigned port) {
  struct sockaddr_in any = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return any;
}

static struct sockaddr_in name_of(int fd) {
  struct sockaddr_in name;
  socklen_t length = sizeof name;
  must(getsockname(fd, (struct sockaddr *)&name, &length), "getsockname");
  return name;
}

static int bound(int type, int protocol) {
  struct sockaddr_in any = address(0);
  int fd = must(socket(AF_INET, type, protocol), "socket");
  must(bind(fd, (struct sockaddr *)&any, sizeof any), "bind");
  return fd;
}

static int listener(void) {
  int fd = bound(SOCK_STREAM, 0);
  must(listen(fd, 8), "listen");
  return fd;
}

static int connect_to(int server) {
  struct sockaddr_in peer = name_of(server);
  int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  must(connect(fd, (struct sockaddr *)&peer, sizeof peer), "connect");
  return fd;
}

struct connection {
  int server, client, accepted;
};

static struct connection connection(void) {
  struct connection made;
  made.server = listener();
  made.client = connect_to(made.server);
  made.accepted = must(accept(made.server, NULL, NULL), "accept");
  return made;
}

static void tcp_unbound(void) {
  must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  ready();
}

static void tcp_bound(void) {
  bound(SOCK_STREAM, 0);
  ready();
}

static void tcp_listen(void) {
  listener();
  ready();
}

static void tcp_listen_ipv6(void) {
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = must(socket(AF_INET6, SOCK_STREAM, 0), "socket");
  must(bind(fd, (struct sockaddr *)&any, sizeof any), "bind");
  must(listen(fd, 8), "listen");
  ready();
}

static void tcp_in_flight(void) {
  connect_to(listener());
  ready();
}

/* Only the listener is here: who connects belongs to somebody else. */
static void tcp_in_flight_outside(void) {
  int fd = listener();
  if (fork() == 0) {
    setsid();
    connect_to(fd);
    close(fd);
    let_go();
    say_ready_for(getppid());
    wait_for_ever();
  }
  let_go();
  wait_for_ever();
}

static void tcp_connected(void) {
  connection();
  ready();
}

static void tcp_connected_queued(void) {
  struct connection made = connection();
  must(write(made.client, "waits to be read", 16), "write");
  must(write(made.accepted, "this too", 8), "write");
  ready();
}

/* The half that runs here is a daemon's: its peer is a process that is no relative. */
static void tcp_connected_outside(void) {
  struct gate gate = make_gate();
  int server = listener();
  pid_t daemon = fork();
  if (daemon == 0) {
    setsid();
    must(accept(server, NULL, NULL), "accept");
    close(server);
    open_gate(gate);
    let_go();
    wait_for_ever();
  }
  connect_to(server);
  pass_gate(gate);
  let_go();
  say_ready_for(daemon);
  wait_for_ever();
}

static void tcp_half_closed(void) {
  struct connection made = connection();
  must(shutdown(made.client, SHUT_WR), "shutdown");
  usleep(20000);
  ready();
}

static void tcp_close_wait(void) {
  struct connection made = connection();
  close(made.client);
  usleep(20000);
  ready();
}

static void tcp_both_shut(void) {
  struct connection made = connection();
  must(shutdown(made.client, SHUT_RDWR), "shutdown");
  must(shutdown(made.accepted, SHUT_RDWR), "shutdown");
  usleep(20000);
  ready();
}

static void tcp_reset(void) {
  struct connection made = connection();
  struct linger at_once = {.l_onoff = 1};
  setsockopt(made.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(made.client);
  usleep(20000);
  ready();
}

static void tcp_time_wait(void) {
  struct connection made = connection();
  close(made.client);
  close(made.accepted);
  ready();
}

/* Nobody answers: the listener's queue is full. */
static void tcp_syn_sent(void) {
  int server = bound(SOCK_STREAM, 0);
  must(listen(server, 0), "listen");
  struct sockaddr_in peer = name_of(server);
  for (int tries = 0; tries < 4; tries++) {
    int fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    connect(fd, (struct sockaddr *)&peer, sizeof peer);
  }
  usleep(50000);
  ready();
}

static void tcp_reuse_port(void) {
  int on = 1;
  int first = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  must(setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), "SO_REUSEPORT");
  struct sockaddr_in any = address(0);
  must(bind(first, (struct sockaddr *)&any, sizeof any), "bind");
  must(listen(first, 8), "listen");
  struct sockaddr_in same = name_of(first);
  int second = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  must(setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), "SO_REUSEPORT");
  must(bind(second, (struct sockaddr *)&same, sizeof same), "bind");
  must(listen(second, 8), "listen");
  ready();
}

static void udp(void) {
  bound(SOCK_DGRAM, 0);
  ready();
}

static int udp_pair(int protocol) {
  int receiver = bound(SOCK_DGRAM, protocol);
  struct sockaddr_in peer = name_of(receiver);
  int sender = must(socket(AF_INET, SOCK_DGRAM, protocol), "socket");
  must(connect(sender, (struct sockaddr *)&peer, sizeof peer), "connect");
  return sender;
}

static void udp_connected(void) {
  udp_pair(0);
  ready();
}

static void udp_queued(void) {
  must(send(udp_pair(0), "lost", 4, 0), "send");
  ready();
}

static int corked(void) {
  int on = 1;
  int fd = udp_pair(0);
  must(setsockopt(fd, SOL_UDP, UDP_CORK, &on, sizeof on), "UDP_CORK");
  return fd;
}

static void udp_corked(void) {
  must(send(corked(), "held", 4, 0), "send");
  ready();
}

static void udp_corked_empty(void) {
  corked();
  ready();
}

static void udp_uncorked(void) {
  int off = 0, fd = corked();
  must(setsockopt(fd, SOL_UDP, UDP_CORK, &off, sizeof off), "UDP_CORK off");
  ready();
}

static void udp_corked_unbound(void) {
  int on = 1, fd = must(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
  must(setsockopt(fd, SOL_UDP, UDP_CORK, &on, sizeof on), "UDP_CORK");
  ready();
}

/* Held back by this one call, not by the socket. */
static void udp_more(void) {
  must(send(udp_pair(0), "held", 4, MSG_MORE), "send");
  ready();
}

static void udp_lite(void) {
  udp_pair(IPPROTO_UDPLITE);
  ready();
}

static void udp_member(void) {
  struct ip_mreq group = {.imr_multiaddr.s_addr = inet_addr("239.1.2.3"),
                          .imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = bound(SOCK_DGRAM, 0);
  must(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), "IP_ADD_MEMBERSHIP");
  ready();
}

/* Only for a network namespace of its own, whose setting it changes. */
static void ping(void) {
  write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
  must(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), "ping socket");
  ready();
}

static void raw(void) {
  must(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), "raw socket");
  ready();
}

static void mptcp(void) {
  int fd = bound(SOCK_STREAM, 262 /* IPPROTO_MPTCP */);
  must(listen(fd, 8), "listen");
  ready();
}

static void mptcp_unbound(void) {
  must(socket(AF_INET6, SOCK_STREAM, 262 /* IPPROTO_MPTCP */), "socket");
  ready();
}

static void sctp(void) {
  bound(SOCK_STREAM, IPPROTO_SCTP);
  ready();
}

static void classic_filter(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0xffff)};
  struct sock_fprog program = {.len = 1, .filter = code};
  int fd = bound(SOCK_DGRAM, 0);
  must(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), "SO_ATTACH_FILTER");
  ready();
}

static const struct thing things[] = {
    {"tcp-unbound", tcp_unbound},
    {"tcp-bound", tcp_bound},
    {"tcp-listen", tcp_listen},
    {"tcp-listen-ipv6", tcp_listen_ipv6},
    {"tcp-in-flight", tcp_in_flight},
    {"tcp-in-flight-outside", tcp_in_flight_outside},
    {"tcp-connected", tcp_connected},
    {"tcp-connected-queued", tcp_connected_queued},
    {"tcp-connected-outside", tcp_connected_outside},
    {"tcp-half-closed", tcp_half_closed},
    {"tcp-close-wait", tcp_close_wait},
    {"tcp-both-shut", tcp_both_shut},
    {"tcp-reset", tcp_reset},
    {"tcp-time-wait", tcp_time_wait},
    {"tcp-syn-sent", tcp_syn_sent},
    {"tcp-reuse-port", tcp_reuse_port},
    {"udp", udp},
    {"udp-connected", udp_connected},
    {"udp-queued", udp_queued},
    {"udp-corked", udp_corked},
    {"udp-corked-empty", udp_corked_empty},
    {"udp-uncorked", udp_uncorked},
    {"udp-corked-unbound", udp_corked_unbound},
    {"udp-more", udp_more},
    {"udp-lite", udp_lite},
    {"udp-member", udp_member},
    {"ping", ping},
    {"raw", raw},
    {"mptcp", mptcp},
    {"mptcp-unbound", mptcp_unbound},
    {"sctp", sctp},
    {"classic-filter", classic_filter},
    {NULL, NULL},
};

MAIN_FOR(things)
