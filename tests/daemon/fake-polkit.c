// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fake-polkit ANSWER - polkit as far as bacsd needs it
 *
 * Takes the name on the system bus of the environment and answers every
 * CheckAuthorization: "yes", "no", "challenge", "error" (a failure), "slow"
 * (never). Each question is printed as "ACTION UID FLAGS".
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <systemd/sd-bus.h>

static int fail(sd_bus_message *call, const char *what)
{
	printf("malformed question: %s\n", what);
	fflush(stdout);
	return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_INVALID_ARGS,
					  "%s", what);
}

/* "system-bus-name" { "name": <the caller's unique name> } */
static int read_subject(sd_bus_message *call, const char **ret_name)
{
	const char *kind, *key;
	int r = sd_bus_message_enter_container(call, 'r', "sa{sv}");

	if (r > 0)
		r = sd_bus_message_read(call, "s", &kind);
	if (r > 0 && strcmp(kind, "system-bus-name"))
		return -EINVAL;
	if (r > 0)
		r = sd_bus_message_enter_container(call, 'a', "{sv}");
	if (r > 0)
		r = sd_bus_message_read(call, "{sv}", &key, "s", ret_name);
	if (r > 0 && strcmp(key, "name"))
		return -EINVAL;
	if (r > 0)
		r = sd_bus_message_exit_container(call);
	if (r > 0)
		r = sd_bus_message_exit_container(call);
	return r > 0 ? 0 : r < 0 ? r : -EINVAL;
}

static int check(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const char *answer = userdata, *name = NULL, *action, *cancel;
	sd_bus_creds *creds = NULL;
	uint32_t flags;
	uid_t uid;

	(void)error;
	if (read_subject(call, &name) < 0)
		return fail(call, "subject");
	if (sd_bus_message_read(call, "s", &action) <= 0 ||
	    sd_bus_message_skip(call, "a{ss}") < 0 ||
	    sd_bus_message_read(call, "us", &flags, &cancel) <= 0)
		return fail(call, "arguments");
	/* the subject must be a connection that is there */
	if (sd_bus_get_name_creds(sd_bus_message_get_bus(call), name,
				  SD_BUS_CREDS_EUID, &creds) < 0 ||
	    sd_bus_creds_get_euid(creds, &uid) < 0)
		return fail(call, "nobody has that name");
	sd_bus_creds_unref(creds);
	printf("%s %u %u\n", action, uid, flags);
	fflush(stdout);
	if (!strcmp(answer, "slow"))
		return 1;
	if (!strcmp(answer, "error"))
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_FAILED,
						  "polkit is out of order");
	return sd_bus_reply_method_return(call, "(bba{ss})",
					  !strcmp(answer, "yes"),
					  !strcmp(answer, "challenge"), 0);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})",
		      check, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END
};

int main(int argc, char **argv)
{
	sd_bus *bus = NULL;
	int r;

	if (argc != 2)
		return 2;
	r = sd_bus_open_system(&bus);
	if (r >= 0)
		r = sd_bus_add_object_vtable(
			bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
			"org.freedesktop.PolicyKit1.Authority", vtable,
			argv[1]);
	if (r >= 0)
		r = sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0);
	if (r >= 0)
		printf("ready\n");
	fflush(stdout);
	while (r >= 0) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
	}
	fprintf(stderr, "fake-polkit: %s\n", strerror(-r));
	return 1;
}
