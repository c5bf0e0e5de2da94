/* Preloaded into the built program by tests/stories/disk.rs: a disk on which nothing can be made durable. From the moment the file FAIL_WHEN exists,
   every sync fails with EIO, and a byte is written to that file for each, so that the story can count them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
  const char *path = getenv("FAIL_WHEN");
  int fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  if (write(fd, "x", 1) != 1) abort();
  close(fd);
  errno = EIO;
  return 1;
}

#define REAL(name) \
  static int (*real)(int); \
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name)

int fsync(int fd) { REAL(fsync); return fails() ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails() ? -1 : real(fd); }
