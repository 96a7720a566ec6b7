// SPDX-License-Identifier: GPL-2.0-or-later
/* The grammar of the configuration */
#include <stdarg.h>
#include <string.h>

#include "config-file.h"
#include "text.h"

void config_error_add(struct config_errors *errors, const char *file,
		      unsigned int line, const char *format, ...)
{
	struct config_error error = { .line = line };
	va_list ap;

	snprintf(error.file, sizeof(error.file), "%s", file);
	va_start(ap, format);
	vsnprintf(error.text, sizeof(error.text), format, ap);
	va_end(ap);
	text_make_printable(error.text);
	text_make_printable(error.file);
	if (!errors->count++)
		errors->first = error;
	if (errors->report)
		errors->report(&error, errors->userdata);
}

struct parser {
	const char *file;
	const struct config_reader *reader;
	void *userdata;
	struct config_errors *errors;
	bool in_section;	/* a header was seen */
	bool skip;		/* ... and refused */
};

static char *strip(char *s)
{
	char *end;

	s += strspn(s, " \t\r");
	end = s + strlen(s);
	while (end > s && strchr(" \t\r", end[-1]))
		end--;
	*end = '\0';
	return s;
}

static void parse_header(struct parser *p, char *s, unsigned int line)
{
	char *end = strchr(s, ']'), *name;

	p->in_section = true;
	p->skip = true;
	if (!end || end[1]) {
		config_error_add(p->errors, p->file, line,
				 "Section header '%.60s' does not end in ']'",
				 s);
		return;
	}
	*end = '\0';
	s = strip(s + 1);
	name = s + strcspn(s, " \t");
	if (*name) {
		*name++ = '\0';
		name = strip(name);
	}
	if (!*s) {
		config_error_add(p->errors, p->file, line,
				 "Section header is empty");
		return;
	}
	p->skip = p->reader->section(p->userdata, s, name, line) < 0;
}

static void parse_line(struct parser *p, char *s, unsigned int line)
{
	char *value;

	s = strip(s);
	if (!*s)
		return;
	if (*s == '[') {
		parse_header(p, s, line);
		return;
	}
	value = strchr(s, '=');
	if (!value) {
		config_error_add(p->errors, p->file, line,
				 "'%.60s' is neither Key=Value, nor a [Section], nor a comment (#)",
				 s);
		return;
	}
	*value++ = '\0';
	s = strip(s);
	if (!*s) {
		config_error_add(p->errors, p->file, line,
				 "'=%.60s' has no key before it", value);
		return;
	}
	if (!p->in_section) {
		config_error_add(p->errors, p->file, line,
				 "%.60s= stands before the first [Section]", s);
		return;
	}
	value = strip(value);
	if (*value && value[strlen(value) - 1] == '\\') {
		config_error_add(p->errors, p->file, line,
				 "%.60s=%.60s ends in a backslash after its continuation",
				 s, value);
		return;
	}
	if (!p->skip)
		p->reader->key(p->userdata, s, value, line);
}

/* What is wrong with these bytes of a line, or NULL */
static const char *line_defect(const char *s, size_t size)
{
	size_t i;

	if (memchr(s, 0, size))
		return "contains a zero byte";
	if (!text_is_utf8(s, size))
		return "is not valid UTF-8";
	for (i = 0; i < size; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') ||
		    s[i] == 0x7f)
			return "contains a control character";
	return NULL;
}

/* One logical line being put together of continued ones */
struct logical {
	char text[CONFIG_LINE_MAX + 1];
	size_t used;
	unsigned int line;	/* where it began */
	size_t total;		/* bytes it has in the file */
	const char *defect;
};

static void finish_line(struct parser *p, struct logical *l)
{
	if (l->total > CONFIG_LINE_MAX)
		config_error_add(p->errors, p->file, l->line,
				 "Line is %zu bytes long, at most %d are read",
				 l->total, CONFIG_LINE_MAX);
	else if (l->defect)
		config_error_add(p->errors, p->file, l->line, "Line %s",
				 l->defect);
	else {
		l->text[l->used] = '\0';
		parse_line(p, l->text, l->line);
	}
	l->used = 0;
	l->total = 0;
	l->defect = NULL;
	l->line = 0;
}

static void add_bytes(struct logical *l, const char *s, size_t size)
{
	const char *defect = line_defect(s, size);

	if (defect)
		l->defect = defect;
	l->total += size;
	if (l->total <= CONFIG_LINE_MAX) {
		memcpy(l->text + l->used, s, size);
		l->used += size;
	}
}

static bool is_comment(const char *s, size_t size)
{
	while (size && (*s == ' ' || *s == '\t')) {
		s++;
		size--;
	}
	return size && (*s == '#' || *s == ';');
}

void config_file_parse(const char *file, const char *text, size_t size,
		       const struct config_reader *reader, void *userdata,
		       struct config_errors *errors)
{
	struct parser p = { file, reader, userdata, errors };
	struct logical l = { .line = 0 };
	unsigned int line = 0;

	if (size > CONFIG_FILE_MAX) {
		config_error_add(errors, file, 0,
				 "File is %zu bytes long, at most %d are read",
				 size, CONFIG_FILE_MAX);
		return;
	}
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		size -= 3;
	}
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t n = end ? (size_t)(end - text) : size;
		size_t take = n;
		bool more;

		line++;
		if (take && text[take - 1] == '\r')
			take--;
		/* comments within a continued line are left out of it */
		if (is_comment(text, take)) {
			if (line_defect(text, take))
				config_error_add(errors, file, line, "Line %s",
						 line_defect(text, take));
			goto next;
		}
		if (!l.line)
			l.line = line;
		more = take && text[take - 1] == '\\';
		if (more) {
			add_bytes(&l, text, take - 1);
			add_bytes(&l, " ", 1);
		} else {
			add_bytes(&l, text, take);
			finish_line(&p, &l);
		}
next:
		text += end ? n + 1 : n;
		size -= end ? n + 1 : n;
	}
	if (l.line)
		finish_line(&p, &l);
}
