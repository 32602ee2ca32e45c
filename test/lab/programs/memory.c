/* Memory that is more than pages of a process. */
#include "case.h"
#include <sys/shm.h>

static char *anonymous(size_t bytes, int flags) {
  return must_map(mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0), "mmap");
}

static void private_pages(void) {
  memset(anonymous(8 << 20, MAP_PRIVATE), 1, 8 << 20);
  ready();
}

static void shared_pages(void) {
  memset(anonymous(1 << 20, MAP_SHARED), 1, 1 << 20);
  ready();
}

static void huge_pages(void) {
  memset(anonymous(2 << 20, MAP_PRIVATE | MAP_HUGETLB), 1, 2 << 20);
  ready();
}

/* Nothing is reserved for it, so that it can be had without any page. */
static void huge_pages_unreserved(void) {
  anonymous(2 << 20, MAP_PRIVATE | MAP_HUGETLB | MAP_NORESERVE);
  ready();
}

static void locked_pages(void) {
  must(mlock(anonymous(65536, MAP_PRIVATE), 65536), "mlock");
  ready();
}

static int system_v_segment(size_t bytes) { return must(shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600), "shmget"); }

/* The segment is marked for removal at once, so that nothing stays. */
static void system_v(void) {
  int id = system_v_segment(8192);
  char *memory = shmat(id, NULL, 0);
  if (memory == (char *)-1) cannot("shmat");
  must(shmctl(id, IPC_RMID, NULL), "IPC_RMID");
  memory[0] = 1;
  ready();
}

static void system_v_hole(void) {
  int id = system_v_segment(5 * 4096);
  char *memory = shmat(id, NULL, 0);
  if (memory == (char *)-1) cannot("shmat");
  must(shmctl(id, IPC_RMID, NULL), "IPC_RMID");
  must(munmap(memory + 4096, 4096), "munmap");
  ready();
}

static void asynchronous_io(void) {
  unsigned long context = 0;
  must(syscall(SYS_io_setup, 8, &context), "io_setup");
  ready();
}

static void map_device(const char *path, int protection, int flags, size_t bytes) {
  int fd = must(open(path, flags), path);
  must_map(mmap(NULL, bytes, protection, MAP_SHARED, fd, 0), path);
  close(fd);
  ready();
}

static void zero_shared(void) { map_device("/dev/zero", PROT_READ | PROT_WRITE, O_RDWR, 8192); }
static void device_memory(void) { map_device("/dev/mem", PROT_READ, O_RDONLY, 4096); }

static void zero_private(void) {
  int fd = must(open("/dev/zero", O_RDWR), "/dev/zero");
  must_map(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0), "/dev/zero");
  close(fd);
  ready();
}

static void advised(int advice) {
  must(madvise(anonymous(65536, MAP_PRIVATE), 65536, advice), "madvise");
  ready();
}

static void wiped_on_fork(void) { advised(MADV_WIPEONFORK); }
static void guarded(void) { advised(102 /* MADV_GUARD_INSTALL */); }

static void sealed(void) {
  must(syscall(462 /* mseal */, anonymous(65536, MAP_PRIVATE), 65536, 0), "mseal");
  ready();
}

static const struct thing things[] = {
    {"private-pages", private_pages},
    {"shared-pages", shared_pages},
    {"huge-pages", huge_pages},
    {"huge-pages-unreserved", huge_pages_unreserved},
    {"locked-pages", locked_pages},
    {"system-v", system_v},
    {"system-v-hole", system_v_hole},
    {"asynchronous-io", asynchronous_io},
    {"zero-shared", zero_shared},
    {"zero-private", zero_private},
    {"device-memory", device_memory},
    {"wiped-on-fork", wiped_on_fork},
    {"guarded", guarded},
    {"sealed", sealed},
    {NULL, NULL},
};

MAIN_FOR(things)
