/* A 32-bit program without any library, so that no 32-bit library is needed: waits for ever. */
void _start(void) {
  for (;;) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(29 /* pause */) : "memory");
  }
}
