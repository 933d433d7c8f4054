/* A disk that loses its power: keeps, beside the real files, a copy of what has been synced.
 *
 *   gcc -shared -fPIC -O2 -Wall -o shadow.so shadow.c -ldl -pthread
 *   LD_PRELOAD=shadow.so SHADOW_OF=/real/folder SHADOW=/copy/folder program
 *
 * Every write to a file of SHADOW_OF is noted as a range. fsync and fdatasync bring the noted
 * ranges of that file into the file of the same name in SHADOW, and only then return. So whatever
 * stands in SHADOW when the program is killed is what a disk would hold that had kept nothing but
 * what it was told to keep. A sync cut off half-way leaves a half-written copy, as it does on a
 * disk; nothing was acknowledged then.
 *
 * SHADOW_EARLY=n (percent): so many writes reach the copy at once, in no order, as when the kernel
 * writes back on its own before anybody asks.
 *
 * SHADOW_FULL=file: while that file exists, a write that would make a file longer fails with
 * ENOSPC.
 *
 * Traps:
 * - The real file is read through the program's own descriptor. To open and close it here would
 *   drop the program's POSIX locks on it.
 * - A file that was unlinked and made anew under its name (the -wal after the last connection has
 *   closed) may get the same inode; it is copied whole at its first sync, and until then the old
 *   copy stays, as the directory entry does on a disk.
 * - The -shm is never synced and never needed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_FILES 64
#define CHUNK 65536

struct range {
	off_t at, end;
};

struct file {
	dev_t dev;
	ino_t ino;
	int copied; /* SHADOW has an older state of this very file, open as `copy` */
	int copy;
	size_t count, room;
	struct range *dirty;
	char name[256];
};

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_unlink)(const char *);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[MOST_FILES];
static int known;
static uint64_t counted[3]; /* syncs, bytes brought over, writes that came early */
static unsigned int chance = 1;

__attribute__((constructor)) static void load(void)
{
	real_write = dlsym(RTLD_NEXT, "write");
	real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	real_fsync = dlsym(RTLD_NEXT, "fsync");
	real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
	real_unlink = dlsym(RTLD_NEXT, "unlink");
	chance = (unsigned int)getpid();
}

/* Without the shadow nothing more can be trusted: better no server than a wrong verdict. */
static void give_up(const char *why)
{
	char text[300];
	int length = snprintf(text, sizeof text, "shadow: %s: %s\n", why, strerror(errno));
	if (real_write(2, text, (size_t)length) < 0)
		_exit(98);
	_exit(99);
}

/* Where a descriptor leads, if that is directly in SHADOW_OF: the name there. */
static const char *name_of(int fd, char *path, size_t room)
{
	const char *of = getenv("SHADOW_OF");
	char link[40];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = of ? readlink(link, path, room - 1) : -1;
	if (length < 0)
		return NULL;
	path[length] = 0;
	char *slash = strrchr(path, '/');
	if (!slash || strlen(of) != (size_t)(slash - path) || strncmp(path, of, strlen(of)))
		return NULL;
	return slash + 1;
}

/* The file behind a descriptor, or nothing if it is not ours. Call with the lock held. */
static struct file *find(int fd, struct stat *now)
{
	char path[4096];
	if (!getenv("SHADOW_OF") || !getenv("SHADOW"))
		return NULL;
	if (fstat(fd, now) || !S_ISREG(now->st_mode))
		return NULL;
	for (int at = 0; at < known; at++)
		if (files[at].ino == now->st_ino && files[at].dev == now->st_dev)
			return &files[at];
	const char *name = name_of(fd, path, sizeof path);
	size_t length = name ? strlen(name) : 0;
	if (!name || length >= sizeof files->name)
		return NULL;
	if (length > 4 && !strcmp(name + length - 4, "-shm"))
		return NULL;
	if (known == MOST_FILES) {
		errno = ENFILE;
		give_up("too many files");
	}
	struct file *file = &files[known++];
	memset(file, 0, sizeof *file);
	file->dev = now->st_dev;
	file->ino = now->st_ino;
	strcpy(file->name, name);
	return file;
}

static void bring(int from, int to, off_t at, off_t end)
{
	char buffer[CHUNK];
	while (at < end) {
		size_t wanted = (size_t)(end - at < CHUNK ? end - at : CHUNK);
		ssize_t got = pread(from, buffer, wanted, at);
		if (got < 0)
			give_up("read");
		if (got == 0)
			return; /* truncated meanwhile */
		if (real_pwrite(to, buffer, (size_t)got, at) != got)
			give_up("copy");
		counted[1] += (uint64_t)got;
		at += got;
	}
}

static void copy_whole(struct file *file, int fd, off_t size)
{
	char made[4400], name[4400];
	const char *shadow = getenv("SHADOW");
	snprintf(made, sizeof made, "%s/.%s.new", shadow, file->name);
	snprintf(name, sizeof name, "%s/%s", shadow, file->name);
	if (file->copy > 0)
		close(file->copy);
	file->copy = open(made, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
	if (file->copy < 0)
		give_up(made);
	bring(fd, file->copy, 0, size);
	if (rename(made, name))
		give_up(name);
	file->copied = 1;
}

static void count_up(void)
{
	char path[4400];
	static int counter = -1;
	if (counter < 0) {
		snprintf(path, sizeof path, "%s/.counted", getenv("SHADOW"));
		counter = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
	}
	if (real_pwrite(counter, counted, sizeof counted, 0) != sizeof counted)
		give_up("counted");
}

static void synced(int fd)
{
	struct stat now;
	pthread_mutex_lock(&lock);
	struct file *file = find(fd, &now);
	if (file) {
		if (!file->copied)
			copy_whole(file, fd, now.st_size);
		for (size_t at = 0; at < file->count; at++)
			bring(fd, file->copy, file->dirty[at].at, file->dirty[at].end);
		file->count = 0;
		if (ftruncate(file->copy, now.st_size))
			give_up("truncate");
		counted[0]++;
		count_up();
	}
	pthread_mutex_unlock(&lock);
}

static int comes_early(void)
{
	const char *percent = getenv("SHADOW_EARLY");
	return percent && rand_r(&chance) % 100 < atoi(percent);
}

/* Noted after the write, never before: another thread's sync might otherwise take the range and
 * bring over what was there until now. */
static void written(int fd, off_t at, off_t end)
{
	struct stat now;
	int before = errno;
	pthread_mutex_lock(&lock);
	struct file *file = find(fd, &now);
	if (file && file->copied) {
		if (comes_early()) {
			bring(fd, file->copy, at, end);
			counted[2]++;
		}
		struct range *last = file->count ? &file->dirty[file->count - 1] : NULL;
		if (last && last->end == at) {
			last->end = end;
		} else {
			if (file->count == file->room) {
				file->room = file->room ? 2 * file->room : 64;
				file->dirty = realloc(file->dirty, file->room * sizeof *file->dirty);
				if (!file->dirty)
					give_up("memory");
			}
			file->dirty[file->count++] = (struct range){at, end};
		}
	}
	pthread_mutex_unlock(&lock);
	errno = before;
}

/* Whether the full disk has no room for this write. -shm files are files of the disk, too. */
static int no_room(int fd, off_t end)
{
	const char *full = getenv("SHADOW_FULL");
	struct stat now;
	char path[4096];
	if (!full || fstat(fd, &now) || !S_ISREG(now.st_mode) || end <= now.st_size)
		return 0;
	return name_of(fd, path, sizeof path) && !access(full, F_OK);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	off_t at = getenv("SHADOW_OF") ? lseek(fd, 0, SEEK_CUR) : -1;
	if (at >= 0 && no_room(fd, at + (off_t)length)) {
		errno = ENOSPC;
		return -1;
	}
	ssize_t done = real_write(fd, bytes, length);
	if (at >= 0 && done > 0)
		written(fd, at, at + done);
	return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at)
{
	if (no_room(fd, at + (off_t)length)) {
		errno = ENOSPC;
		return -1;
	}
	ssize_t done = real_pwrite(fd, bytes, length, at);
	if (done > 0)
		written(fd, at, at + done);
	return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	return pwrite64(fd, bytes, length, at);
}

int fsync(int fd)
{
	int failed = real_fsync(fd);
	if (!failed)
		synced(fd);
	return failed;
}

int fdatasync(int fd)
{
	int failed = real_fdatasync(fd);
	if (!failed)
		synced(fd);
	return failed;
}

int unlink(const char *path)
{
	struct stat gone;
	if (getenv("SHADOW_OF") && !lstat(path, &gone) && gone.st_nlink == 1) {
		pthread_mutex_lock(&lock);
		for (int at = 0; at < known; at++)
			if (files[at].ino == gone.st_ino && files[at].dev == gone.st_dev) {
				if (files[at].copied)
					close(files[at].copy);
				free(files[at].dirty);
				files[at] = files[--known];
				break;
			}
		pthread_mutex_unlock(&lock);
	}
	return real_unlink(path);
}
