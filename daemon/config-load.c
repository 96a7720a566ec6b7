// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of the configuration: bacsd.conf, its drop-ins, the last good copy */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config-internal.h"
#include "text.h"

/* In order of rank: a file here hides one of the same name further down */
static const char *const folders[] = {
	"/etc/bacs", "/run/bacs", "/usr/local/lib/bacs", "/usr/lib/bacs",
};

static const char *const profile_folders[] = {
	"/etc/bacs/limits", "/run/bacs/limits", "/usr/local/share/bacs/limits",
	"/usr/share/bacs/limits",
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

/* Where files of profiles are: below a root, or in one folder alone */
struct place {
	const char *root;
	const char *folder;
};

/* The file of a profile, unless it is there already; none at all is no error */
static int load_profile(struct config *config, const struct place *place,
			const char *name, struct config_errors *errors)
{
	const char *const *folders = place->folder ? &place->folder :
						     profile_folders;
	size_t n = place->folder ? 1 : ARRAY_SIZE(profile_folders);
	char path[4096];
	size_t i;
	int r = -ENOENT;

	if (config_find_profile(config, name) ||
	    !config_profile_name_valid(name))
		return 0;
	for (i = 0; r == -ENOENT && i < n; i++) {
		char *text _free_ = NULL;
		size_t size;

		snprintf(path, sizeof(path), "%s%s/%s.conf", place->root,
			 folders[i], name);
		r = read_file(path, &text, &size);
		if (r == 0)
			r = config_read_profile(config, name, path, text, size,
						errors);
		else if (r != -ENOENT && r != -ENOMEM)
			config_error_add(errors, path, 0, "Cannot be read: %s",
					 r == -EINVAL ? "not a regular file" :
					 strerror(-r));
	}
	return r == -ENOMEM ? r : 0;
}

static int load_of(struct config *config, const struct place *place,
		   const struct config_limits *limits, int32_t nominal_mv,
		   struct config_errors *errors)
{
	char name[CONFIG_PROFILE_NAME_MAX + 1];

	if (!config_profile_of(limits, nominal_mv, name))
		return 0;
	return load_profile(config, place, name, errors);
}

/* Every profile that anything takes its limits from; config_check() misses */
int config_load_profiles(struct config *config, const char *root,
			 const char *folder, struct config_errors *errors)
{
	const struct place place = { folder ? "" : root, folder };
	size_t i;
	unsigned int jar;
	int r = load_of(config, &place, &config->limits, CONFIG_UNSET, errors);

	for (i = 0; r == 0 && i < config->battery_count; i++)
		r = load_of(config, &place, &config->limits,
			    config->batteries[i].nominal_mv, errors);
	for (i = 0; r == 0 && i < config->string_count; i++) {
		int32_t nominal_mv = config->strings[i].nominal_mv;

		r = load_of(config, &place, &config->limits, nominal_mv, errors);
		if (r == 0)
			r = load_of(config, &place, &config->strings[i].limits,
				    nominal_mv, errors);
	}
	for (i = 0; r == 0 && i < config->block_count; i++) {
		const struct config_block *b = &config->blocks[i];
		const struct config_string *s =
			config_find_jar(config, b->module.bus,
					b->module.address, &jar);

		r = load_of(config, &place, &b->limits,
			    s ? s->nominal_mv : CONFIG_UNSET, errors);
	}
	/* what was read may name others */
	for (i = 0; r == 0 && i < config->profile_count; i++) {
		char name[CONFIG_PROFILE_NAME_MAX + 1];

		strcpy(name, config->profiles[i].limits.profile);
		if (*name)
			r = load_profile(config, &place, name, errors);
	}
	return r;
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
		r = config_load_profiles(config, root, NULL, errors);
	if (r < 0)
		return r;
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
