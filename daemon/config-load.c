// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of the configuration: bacsd.conf, its drop-ins, the last good copy */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "text.h"

/* In order of rank: a file here hides one of the same name further down */
static const char *const folders[] = {
	"/etc/bacs", "/run/bacs", "/usr/local/lib/bacs", "/usr/lib/bacs",
};

#define MAIN_FILE	"bacsd.conf"
#define DROP_IN_FOLDER	"bacsd.conf.d"
#define DROP_INS_MAX	256

/* The whole of a file, terminated; at most a little more than is allowed */
static int read_file(const char *path, char **ret, size_t *ret_size)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text _free_ = NULL;
	struct stat st;
	size_t used = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISCHR(st.st_mode)) {
		/* a link to /dev/null masks a file of lower rank */
		*ret = strdup("");
		*ret_size = 0;
		return *ret ? 0 : -ENOMEM;
	}
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	text = malloc(CONFIG_FILE_MAX + 2);
	if (!text)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(fd, text + used, CONFIG_FILE_MAX + 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += n;
	}
	text[used] = '\0';
	*ret = TAKE_PTR(text);
	*ret_size = used;
	return 0;
}

/* -ENOENT alone is returned; other failures are errors of the configuration */
static int read_into(struct config *config, const char *path,
		     struct config_errors *errors)
{
	char *text _free_ = NULL;
	size_t size;
	int r = read_file(path, &text, &size);

	if (r == -ENOENT || r == -ENOMEM)
		return r;
	if (r < 0) {
		config_error_add(errors, path, 0, "Cannot be read: %s",
				 r == -EINVAL ? "not a regular file" :
				 strerror(-r));
		return 0;
	}
	return config_read_text(config, path, text, size, errors);
}

struct drop_in {
	char *name;
	char *path;
};

struct drop_ins {
	struct drop_in list[DROP_INS_MAX];
	size_t count;
};

static void drop_ins_done(struct drop_ins *d)
{
	while (d->count) {
		d->count--;
		free(d->list[d->count].name);
		free(d->list[d->count].path);
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct drop_in *)a)->name,
		      ((const struct drop_in *)b)->name);
}

static bool has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && !strcmp(s + n - m, suffix);
}

static int add_drop_in(struct drop_ins *d, const char *folder,
		       const char *name, struct config_errors *errors)
{
	struct drop_in *new;
	size_t i;

	for (i = 0; i < d->count; i++)
		if (!strcmp(d->list[i].name, name))
			return 0;
	if (d->count == DROP_INS_MAX) {
		config_error_add(errors, folder, 0,
				 "More than %d drop-ins, %s is one too many",
				 DROP_INS_MAX, name);
		return 0;
	}
	new = &d->list[d->count];
	new->name = strdup(name);
	if (asprintf(&new->path, "%s/%s", folder, name) < 0)
		new->path = NULL;
	if (!new->name || !new->path) {
		free(new->name);
		free(new->path);
		return -ENOMEM;
	}
	d->count++;
	return 0;
}

static int find_drop_ins(struct drop_ins *d, const char *folder,
			 struct config_errors *errors)
{
	struct dirent *e;
	DIR *dir = opendir(folder);
	int r = 0;

	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR)
			config_error_add(errors, folder, 0,
					 "Cannot be read: %s", strerror(errno));
		return 0;
	}
	while (r == 0 && (e = readdir(dir)))
		if (e->d_name[0] != '.' && has_suffix(e->d_name, ".conf"))
			r = add_drop_in(d, folder, e->d_name, errors);
	closedir(dir);
	return r;
}

static int read_all(struct config *config, const char *root,
		    struct config_errors *errors)
{
	__cleanup(drop_ins_done) struct drop_ins drop_ins = { .count = 0 };
	char path[4096];
	size_t i;
	int r = -ENOENT;

	for (i = 0; r == -ENOENT && i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s%s/" MAIN_FILE, root,
			 folders[i]);
		r = read_into(config, path, errors);
	}
	if (r < 0 && r != -ENOENT)
		return r;
	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s%s/" DROP_IN_FOLDER, root,
			 folders[i]);
		r = find_drop_ins(&drop_ins, path, errors);
		if (r < 0)
			return r;
	}
	qsort(drop_ins.list, drop_ins.count, sizeof(drop_ins.list[0]),
	      compare_names);
	for (i = 0; i < drop_ins.count; i++) {
		r = read_into(config, drop_ins.list[i].path, errors);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

int config_load(const char *root, struct config_errors *errors,
		struct config **ret)
{
	struct config *config _config_ = NULL;
	char file[4096];
	int r = config_new(&config);

	if (r < 0)
		return r;
	r = read_all(config, root, errors);
	if (r < 0)
		return r;
	snprintf(file, sizeof(file), "%s%s/" MAIN_FILE, root, folders[0]);
	if (!errors->count)
		config_check(config, file, errors);
	if (errors->count)
		return -EINVAL;
	*ret = TAKE_PTR(config);
	return 0;
}

static int write_file(const char *path, const char *text, size_t size)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0644);

	if (fd < 0)
		return -errno;
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		size -= n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The last line of a good copy that is whole */
#define END_MARK "# end\n"

int config_save_good(const struct config *config, const char *path)
{
	_text_ struct text text = { .s = NULL };
	char *old _free_ = NULL;
	char *new _free_ = NULL;
	size_t size;
	int r;

	text_add(&text, "# Written by bacsd: the last configuration it accepted. Do not edit.\n");
	config_format(config, &text);
	text_add(&text, END_MARK);
	if (text.failed || asprintf(&new, "%s.new", path) < 0)
		return -ENOMEM;
	if (read_file(path, &old, &size) == 0 && size == text.size &&
	    !memcmp(old, text.s, size))
		return 0;
	r = write_file(new, text.s, text.size);
	if (r == 0 && rename(new, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(new);
	return r;
}

int config_load_good(const char *path, struct config **ret)
{
	struct config *config _config_ = NULL;
	struct config_errors errors = { .count = 0 };
	char *text _free_ = NULL;
	size_t size;
	int r = read_file(path, &text, &size);

	if (r == 0 && (size < strlen(END_MARK) ||
		       strcmp(text + size - strlen(END_MARK), END_MARK)))
		r = -EINVAL;
	if (r == 0)
		r = config_new(&config);
	if (r == 0)
		r = config_read_text(config, path, text, size, &errors);
	if (r < 0)
		return r;
	config_check(config, path, &errors);
	if (errors.count)
		return -EINVAL;
	*ret = TAKE_PTR(config);
	return 0;
}
