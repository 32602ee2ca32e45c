/* Sockets of other families: netlink, packet, and those that CRIU has never heard of. */
#include "case.h"
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#ifndef SO_ATTACH_BPF
#define SO_ATTACH_BPF 50
#endif

static int netlink(int protocol, unsigned port, unsigned groups) {
  struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups};
  int fd = must(socket(AF_NETLINK, SOCK_RAW, protocol), "netlink");
  must(bind(fd, (struct sockaddr *)&name, sizeof name), "bind");
  return fd;
}

static void netlink_unbound(void) {
  must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
  ready();
}

static void netlink_bound(void) {
  netlink(NETLINK_ROUTE, 0, 0);
  ready();
}

static void netlink_groups(void) {
  netlink(NETLINK_ROUTE, 0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
  ready();
}

static void netlink_uevent(void) {
  netlink(NETLINK_KOBJECT_UEVENT, 0, 1);
  ready();
}

/* The answer to a question that was asked and never read. */
static void netlink_queued(void) {
  struct {
    struct nlmsghdr header;
    struct rtgenmsg body;
  } question = {.header = {.nlmsg_len = sizeof question,
                           .nlmsg_type = RTM_GETLINK,
                           .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
                .body = {.rtgen_family = AF_UNSPEC}};
  must(send(netlink(NETLINK_ROUTE, 0, 0), &question, sizeof question, 0), "ask");
  ready();
}

static void join(int fd, int group) {
  must(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group), "join group");
}

static void netlink_high_group(void) {
  join(netlink(NETLINK_ROUTE, 0, 0), 33);
  ready();
}

static void netlink_group_unbound(void) {
  join(must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink"), RTNLGRP_LINK);
  ready();
}

static void netlink_audit(void) {
  netlink(NETLINK_AUDIT, 0, 0);
  ready();
}

static void netlink_generic(void) {
  netlink(NETLINK_GENERIC, 0, 0);
  ready();
}

static int packet(void) { return must(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), "packet socket"); }

static void packet_plain(void) {
  packet();
  ready();
}

static void packet_bound(void) {
  struct sockaddr_ll name = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex("lo")};
  must(bind(packet(), (struct sockaddr *)&name, sizeof name), "bind");
  ready();
}

static void add_member(int fd, unsigned char last) {
  struct packet_mreq group = {.mr_ifindex = if_nametoindex("lo"),
                              .mr_type = PACKET_MR_MULTICAST,
                              .mr_alen = 6,
                              .mr_address = {1, 0, 0x5e, 0, 0, last}};
  must(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &group, sizeof group), "membership");
}

static void packet_member(void) {
  add_member(packet(), 1);
  ready();
}

static void packet_member_twice(void) {
  int fd = packet();
  add_member(fd, 1);
  add_member(fd, 1);
  ready();
}

static void packet_two_groups(void) {
  int fd = packet();
  add_member(fd, 1);
  add_member(fd, 2);
  ready();
}

static void packet_ring(void) {
  struct tpacket_req shape = {
      .tp_block_size = 4096, .tp_block_nr = 4, .tp_frame_size = 2048, .tp_frame_nr = 8};
  int fd = packet();
  must(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &shape, sizeof shape), "PACKET_RX_RING");
  must_map(mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), "map ring");
  ready();
}

static void family(int domain, int type) {
  must(socket(domain, type, 0), "socket");
  ready();
}

static void vsock(void) { family(AF_VSOCK, SOCK_STREAM); }
static void algorithm(void) { family(AF_ALG, SOCK_SEQPACKET); }
static void xdp(void) { family(44 /* AF_XDP */, SOCK_RAW); }
static void key(void) { family(AF_KEY, SOCK_RAW); }
static void bluetooth(void) { family(AF_BLUETOOTH, SOCK_RAW); }
static void can(void) { family(AF_CAN, SOCK_RAW); }
static void tipc(void) { family(AF_TIPC, SOCK_RDM); }

/* A program of the new kind that takes every packet. */
static void attach_new_filter(int fd) {
  struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0xffff},
                            {.code = BPF_JMP | BPF_EXIT}};
  union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                               .insns = (uintptr_t)code,
                               .insn_cnt = 2,
                               .license = (uintptr_t) "GPL"};
  int program = must(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes), "bpf program");
  must(setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program), "SO_ATTACH_BPF");
  close(program);
  ready();
}

static void new_filter(void) { attach_new_filter(must(socket(AF_INET, SOCK_DGRAM, 0), "socket")); }
static void new_filter_tcp(void) { attach_new_filter(must(socket(AF_INET, SOCK_STREAM, 0), "socket")); }
static void new_filter_packet(void) { attach_new_filter(packet()); }
static void new_filter_netlink(void) { attach_new_filter(netlink(NETLINK_ROUTE, 0, 0)); }
static void new_filter_unix(void) { attach_new_filter(must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket")); }

static const struct thing things[] = {
    {"netlink-unbound", netlink_unbound},
    {"netlink-bound", netlink_bound},
    {"netlink-groups", netlink_groups},
    {"netlink-uevent", netlink_uevent},
    {"netlink-queued", netlink_queued},
    {"netlink-high-group", netlink_high_group},
    {"netlink-group-unbound", netlink_group_unbound},
    {"netlink-audit", netlink_audit},
    {"netlink-generic", netlink_generic},
    {"packet", packet_plain},
    {"packet-bound", packet_bound},
    {"packet-member", packet_member},
    {"packet-member-twice", packet_member_twice},
    {"packet-two-groups", packet_two_groups},
    {"packet-ring", packet_ring},
    {"vsock", vsock},
    {"algorithm", algorithm},
    {"xdp", xdp},
    {"key", key},
    {"bluetooth", bluetooth},
    {"can", can},
    {"tipc", tipc},
    {"new-filter", new_filter},
    {"new-filter-tcp", new_filter_tcp},
    {"new-filter-packet", new_filter_packet},
    {"new-filter-netlink", new_filter_netlink},
    {"new-filter-unix", new_filter_unix},
    {NULL, NULL},
};

MAIN_FOR(things)
