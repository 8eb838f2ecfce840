// Preloaded into tabferry: counts the calls by which it changes the world outside of it, and at the n-th one does harm.
//   FAULT_COUNT=FILE      at exit, write the number of calls to FILE
//   FAULT_KILL_AT=N       SIGKILL ourselves instead of making call N
//   FAULT_FAIL_AT=N       call N fails with FAULT_ERRNO (default ENOSPC; a send with ECONNRESET), and is not made
//   FAULT_INT_AT=N        SIGINT ourselves before call N
// The engine does not see these variables: tabferry starts it with an environment of its own.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static pid_t owner;

static long setting(const char* name) {
  const char* value = getenv(name);
  return value ? atol(value) : 0;
}

__attribute__((constructor)) static void begin(void) { owner = getpid(); }

__attribute__((destructor)) static void finish(void) {
  const char* path = getenv("FAULT_COUNT");
  if (!path || getpid() != owner) return;
  FILE* file = fopen(path, "w");
  if (file) {
    fprintf(file, "%ld\n", atomic_load(&calls));
    fclose(file);
  }
}

// True where this call must fail; errno is set.
static int fault(void) {
  if (getpid() != owner) return 0;   // between fork and exec
  const long call = atomic_fetch_add(&calls, 1) + 1;
  if (call == setting("FAULT_KILL_AT")) kill(getpid(), SIGKILL);
  if (call == setting("FAULT_INT_AT")) kill(getpid(), SIGINT);
  if (call != setting("FAULT_FAIL_AT")) return 0;
  errno = setting("FAULT_ERRNO") ? (int)setting("FAULT_ERRNO") : ENOSPC;
  return 1;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* data, size_t size) {
  return fd > 2 && fault() ? -1 : REAL(ssize_t, write, int, const void*, size_t)(fd, data, size);
}
// A connection whose sending fails is broken in both directions.
ssize_t send(int fd, const void* data, size_t size, int flags) {
  if (fault()) {
    shutdown(fd, SHUT_RDWR);
    errno = ECONNRESET;
    return -1;
  }
  return REAL(ssize_t, send, int, const void*, size_t, int)(fd, data, size, flags);
}
int connect(int fd, const struct sockaddr* address, socklen_t size) {
  return fault() ? -1 : REAL(int, connect, int, const struct sockaddr*, socklen_t)(fd, address, size);
}
int rename(const char* from, const char* to) { return fault() ? -1 : REAL(int, rename, const char*, const char*)(from, to); }
int fsync(int fd) { return fault() ? -1 : REAL(int, fsync, int)(fd); }
int mkdir(const char* path, mode_t mode) { return fault() ? -1 : REAL(int, mkdir, const char*, mode_t)(path, mode); }
int unlink(const char* path) { return fault() ? -1 : REAL(int, unlink, const char*)(path); }
int unlinkat(int fd, const char* path, int flags) { return fault() ? -1 : REAL(int, unlinkat, int, const char*, int)(fd, path, flags); }
int rmdir(const char* path) { return fault() ? -1 : REAL(int, rmdir, const char*)(path); }
char* mkdtemp(char* path) { return fault() ? NULL : REAL(char*, mkdtemp, char*)(path); }
int mkostemp64(char* path, int flags) { return fault() ? -1 : REAL(int, mkostemp64, char*, int)(path, flags); }
int mkostemp(char* path, int flags) { return fault() ? -1 : REAL(int, mkostemp, char*, int)(path, flags); }
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fault() ? -1 : REAL(int, open64, const char*, int, ...)(path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fault() ? -1 : REAL(int, open, const char*, int, ...)(path, flags, mode);
}
