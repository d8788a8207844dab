/* The limit that a scan is measured against: the system calls that any full check of a storage root needs, and nothing
 * else. One readdir per folder of digests, one stat per blob, one open-read-close per link and per manifest; no graph, no
 * hashing, no parsing. Whole paths, as every runtime without openat must pass them.
 *
 *   cc -O2 -pthread -o limit limit.c && ./limit <root> [threads] [stat]
 *
 * With `stat`, what a check needs that knows what has not changed: one stat per link too, and nothing of the manifests.
 *
 * It prints what it counted, so that a run that did nothing is not taken for a fast one. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGEST_MAX = 160, READ_SIZE = 4 << 20, LINKS_PER_TURN = 256 };

typedef struct {
  char **items;
  size_t length, capacity;
} list;

/* A folder of links: `<path>/<name>/<suffix>`. Where the links name manifests, `targets` keeps what was read. */
typedef struct {
  char *path;
  const char *suffix;
  list names;
  char *targets;
  atomic_size_t next;
} link_folder;

static char base[4096];
static int thread_count = 2;
static int stats_only;
static list repositories, shards, manifests;
static link_folder *folders; /* three a repository: layer links, revisions, tags */
static size_t folder_count;
static atomic_size_t next_shard, next_folder, next_manifest;
static atomic_ullong blobs, missing_data, blob_bytes, links[3], bad_links, read_manifests, manifest_bytes, uploads;

static void fail(const char *path) {
  fprintf(stderr, "limit: %s: %s\n", path, strerror(errno));
  exit(8);
}

static void push(list *to, const char *text) {
  if (to->length == to->capacity) {
    to->capacity = to->capacity ? to->capacity * 2 : 16;
    to->items = realloc(to->items, to->capacity * sizeof *to->items);
    if (!to->items) fail("memory");
  }
  if (!(to->items[to->length++] = strdup(text))) fail("memory");
}

static char *join(const char *parent, const char *child) {
  char *path;
  if (asprintf(&path, "%s/%s", parent, child) < 0) fail("memory");
  return path;
}

/* A folder that is not there has no entries. */
static void read_folder(const char *path, list *to) {
  DIR *folder = opendir(path);
  if (!folder) {
    if (errno == ENOENT) return;
    fail(path);
  }
  for (struct dirent *entry; (entry = readdir(folder));)
    if (entry->d_name[0] != '.') push(to, entry->d_name);
  closedir(folder);
}

static ssize_t read_file(const char *path, char *buffer, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, buffer, size);
  close(file);
  return length;
}

static void *stat_blobs(void *unused) {
  (void)unused;
  char path[8192];
  for (size_t shard; (shard = atomic_fetch_add(&next_shard, 1)) < shards.length;) {
    list names = {0};
    read_folder(shards.items[shard], &names);
    unsigned long long found = 0, bytes = 0;
    for (size_t i = 0; i < names.length; i++) {
      struct stat status;
      snprintf(path, sizeof path, "%s/%s/data", shards.items[shard], names.items[i]);
      if (stat(path, &status) == 0) {
        found++;
        bytes += (unsigned long long)status.st_size;
      }
      free(names.items[i]);
    }
    free(names.items);
    blobs += found;
    missing_data += names.length - found;
    blob_bytes += bytes;
  }
  return NULL;
}

/* Repositories nest; what begins with `_` belongs to the repository itself. */
static void find_repositories(const char *path) {
  DIR *folder = opendir(path);
  if (!folder) fail(path);
  list below = {0};
  int is_repository = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '_') is_repository = 1;
    else if (entry->d_name[0] != '.' && entry->d_type == DT_DIR) push(&below, entry->d_name);
  }
  closedir(folder);
  if (is_repository) push(&repositories, path);
  for (size_t i = 0; i < below.length; i++) {
    char *inner = join(path, below.items[i]);
    find_repositories(inner);
    free(inner);
  }
}

static void *list_links(void *unused) {
  (void)unused;
  for (size_t at; (at = atomic_fetch_add(&next_folder, 1)) < folder_count;) {
    read_folder(folders[at].path, &folders[at].names);
    if (at % 3 == 1) folders[at].targets = calloc(folders[at].names.length + 1, DIGEST_MAX);
    if (at % 3 == 0) {
      list found = {0};
      char *path = join(repositories.items[at / 3], "_uploads");
      read_folder(path, &found);
      uploads += found.length;
      free(path);
    }
  }
  return NULL;
}

/* Each folder is shared out in turns, so that all threads end together however large one repository is. */
static void *read_links(void *unused) {
  (void)unused;
  char path[8192], content[DIGEST_MAX];
  for (size_t at = 0; at < folder_count; at++) {
    link_folder *folder = &folders[at];
    for (size_t from; (from = atomic_fetch_add(&folder->next, LINKS_PER_TURN)) < folder->names.length;) {
      size_t end = from + LINKS_PER_TURN, good = 0;
      if (end > folder->names.length) end = folder->names.length;
      for (size_t i = from; i < end; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", folder->path, folder->names.items[i], folder->suffix);
        if (stats_only) {
          struct stat status;
          good += stat(path, &status) == 0 && status.st_size == 71;
          continue;
        }
        ssize_t length = read_file(path, content, sizeof content);
        if (length != 71 || memcmp(content, "sha256:", 7) != 0) continue;
        good++;
        if (folder->targets) memcpy(folder->targets + i * DIGEST_MAX, content + 7, 64);
      }
      links[at % 3] += good;
      bad_links += end - from - good;
    }
  }
  return NULL;
}

static int compare(const void *one, const void *other) { return strcmp(*(char *const *)one, *(char *const *)other); }

/* The same manifest may be in several repositories; it is read once. */
static void collect_manifests(void) {
  for (size_t at = 1; at < folder_count; at += 3)
    for (size_t i = 0; i < folders[at].names.length; i++)
      if (folders[at].targets[i * DIGEST_MAX]) push(&manifests, folders[at].targets + i * DIGEST_MAX);
  qsort(manifests.items, manifests.length, sizeof *manifests.items, compare);
  size_t kept = 0;
  for (size_t i = 0; i < manifests.length; i++)
    if (kept == 0 || strcmp(manifests.items[kept - 1], manifests.items[i]) != 0)
      manifests.items[kept++] = manifests.items[i];
  manifests.length = kept;
}

static void *read_manifests_in(void *unused) {
  (void)unused;
  char path[8192], *buffer = malloc(READ_SIZE);
  if (!buffer) fail("memory");
  for (size_t from; (from = atomic_fetch_add(&next_manifest, LINKS_PER_TURN)) < manifests.length;) {
    size_t end = from + LINKS_PER_TURN;
    unsigned long long count = 0, bytes = 0;
    if (end > manifests.length) end = manifests.length;
    for (size_t i = from; i < end; i++) {
      const char *hex = manifests.items[i];
      snprintf(path, sizeof path, "%s/blobs/sha256/%.2s/%s/data", base, hex, hex);
      ssize_t length = read_file(path, buffer, READ_SIZE);
      if (length >= 0) count++, bytes += (unsigned long long)length;
    }
    read_manifests += count;
    manifest_bytes += bytes;
  }
  free(buffer);
  return NULL;
}

static void run_threads(void *(*work)(void *)) {
  pthread_t threads[256];
  for (int i = 0; i < thread_count; i++)
    if (pthread_create(&threads[i], NULL, work, NULL) != 0) fail("thread");
  for (int i = 0; i < thread_count; i++) pthread_join(threads[i], NULL);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: limit <root> [threads] [stat]\n");
    return 16;
  }
  if (argc > 2) thread_count = atoi(argv[2]);
  if (thread_count < 1 || thread_count > 256) thread_count = 2;
  stats_only = argc > 3 && strcmp(argv[3], "stat") == 0;
  snprintf(base, sizeof base, "%s/docker/registry/v2", argv[1]);

  char *store = join(base, "blobs/sha256"), *names = join(base, "repositories");
  list prefixes = {0};
  read_folder(store, &prefixes);
  for (size_t i = 0; i < prefixes.length; i++) push(&shards, join(store, prefixes.items[i]));
  run_threads(stat_blobs);

  find_repositories(names);
  folder_count = repositories.length * 3;
  folders = calloc(folder_count + 1, sizeof *folders);
  for (size_t i = 0; i < repositories.length; i++) {
    folders[i * 3] = (link_folder){.path = join(repositories.items[i], "_layers/sha256"), .suffix = "link"};
    folders[i * 3 + 1] =
        (link_folder){.path = join(repositories.items[i], "_manifests/revisions/sha256"), .suffix = "link"};
    folders[i * 3 + 2] = (link_folder){.path = join(repositories.items[i], "_manifests/tags"), .suffix = "current/link"};
  }
  run_threads(list_links);
  run_threads(read_links);
  collect_manifests();
  run_threads(read_manifests_in);

  printf("{\"repositories\":%zu,\"blobs\":%llu,\"blobBytes\":%llu,\"missingData\":%llu,\"layerLinks\":%llu,"
         "\"revisions\":%llu,\"tags\":%llu,\"badLinks\":%llu,\"manifests\":%llu,\"manifestBytes\":%llu,\"uploads\":%llu}\n",
         repositories.length, (unsigned long long)blobs, (unsigned long long)blob_bytes,
         (unsigned long long)missing_data, (unsigned long long)links[0], (unsigned long long)links[1],
         (unsigned long long)links[2], (unsigned long long)bad_links, (unsigned long long)read_manifests,
         (unsigned long long)manifest_bytes, (unsigned long long)uploads);
  return missing_data || bad_links ? 4 : 0;
}
