/* Preloaded into the built program by tests/stories/crash.rs: counts every step the world can see (what is written, synced, renamed, sent, received),
   and ends the process as SIGKILL does right before the n-th of them. The program knows nothing of it.
   STOP_AT=n: end before the n-th step. STOP_COUNT=file: write how many steps there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long steps;
static long stop_at = -1;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("STOP_AT");
  if (at) stop_at = atol(at);
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("STOP_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) { fprintf(file, "%ld\n", atomic_load(&steps)); fclose(file); }
}

static void step(void) {
  if (atomic_fetch_add(&steps, 1) + 1 == stop_at) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* What goes to the terminal is no step: nobody can be told twice by it. */
ssize_t write(int fd, const void *from, size_t n) { REAL(write); if (fd > 2) step(); return real(fd, from, n); }
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) { REAL(pwrite); step(); return real(fd, from, n, at); }
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) { REAL(pwrite64); step(); return real(fd, from, n, at); }
ssize_t writev(int fd, const struct iovec *from, int n) { REAL(writev); if (fd > 2) step(); return real(fd, from, n); }
ssize_t send(int fd, const void *from, size_t n, int how) { REAL(send); step(); return real(fd, from, n, how); }
ssize_t sendmsg(int fd, const struct msghdr *what, int how) { REAL(sendmsg); step(); return real(fd, what, how); }
ssize_t recv(int fd, void *to, size_t n, int how) { REAL(recv); step(); return real(fd, to, n, how); }
int connect(int fd, const struct sockaddr *to, socklen_t n) { REAL(connect); step(); return real(fd, to, n); }
int fsync(int fd) { REAL(fsync); step(); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); step(); return real(fd); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); step(); return real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); step(); return real(fd, n); }
int rename(const char *from, const char *to) { REAL(rename); step(); return real(from, to); }
int link(const char *from, const char *to) { REAL(link); step(); return real(from, to); }
int unlink(const char *path) { REAL(unlink); step(); return real(path); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); step(); return real(path, mode); }
int open(const char *path, int how, ...) {
  REAL(open);
  va_list more;
  va_start(more, how);
  mode_t mode = how & O_CREAT ? (mode_t)va_arg(more, int) : 0;
  va_end(more);
  if (how & O_CREAT) step();
  return real(path, how, mode);
}
int open64(const char *path, int how, ...) {
  REAL(open64);
  va_list more;
  va_start(more, how);
  mode_t mode = how & O_CREAT ? (mode_t)va_arg(more, int) : 0;
  va_end(more);
  if (how & O_CREAT) step();
  return real(path, how, mode);
}
