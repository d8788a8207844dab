// Makes the file system below one folder slow, as one over a network is: preloaded into a program, it lets each stat, open,
// read and listing there wait before it is made.
//   cc -O2 -shared -fPIC -o slow-calls.so slow-calls.c -ldl
//   SLOW_ROOT=/path SLOW_MICROSECONDS=300 LD_PRELOAD=./slow-calls.so node dist/cli.js scan /path
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 65536

static const char *root;
static size_t root_length;
static long nanoseconds;
static char is_below[MOST_FILES];
static __thread int is_exact;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("SLOW_MICROSECONDS");
  nanoseconds = text == NULL ? 0 : atol(text) * 1000;
  root = getenv("SLOW_ROOT");
  root_length = root == NULL ? 0 : strlen(root);
}

static int below(const char *path) {
  return root != NULL && path != NULL && strncmp(path, root, root_length) == 0;
}

static void wait_a_while(void) {
  // Else the kernel adds 50 microseconds to each.
  if (!is_exact) prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
  is_exact = 1;
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  if (nanoseconds > 0) nanosleep(&time, NULL);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int open_slowly(const char *path, int flags, mode_t mode) {
  static __typeof__(&open64) real;
  if (real == NULL) real = NEXT(open64);
  if (below(path)) wait_a_while();
  int file = real(path, flags, mode);
  if (file >= 0 && file < MOST_FILES) is_below[file] = below(path);
  return file;
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open_slowly(path, flags, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));

ssize_t read(int file, void *buffer, size_t size) {
  static __typeof__(&read) real;
  if (real == NULL) real = NEXT(read);
  if (file >= 0 && file < MOST_FILES && is_below[file]) wait_a_while();
  return real(file, buffer, size);
}

int scandir64(const char *path, struct dirent64 ***list, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  static __typeof__(&scandir64) real;
  if (real == NULL) real = NEXT(scandir64);
  if (below(path)) wait_a_while();
  return real(path, list, filter, compare);
}

// libuv asks for statx by its number.
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (real == NULL) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  va_list rest;
  va_start(rest, number);
  long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
  long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_statx && below((const char *)b)) wait_a_while();
  return real(number, a, b, c, d, e, f);
}
