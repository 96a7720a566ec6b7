// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may change something: polkit over the bus, or a group where it is absent */
#include <errno.h>
#include <grp.h>
#include <string.h>

#include "bus.h"

#define GROUP		"bacs-operators"
#define POLKIT_NAME	"org.freedesktop.PolicyKit1"
#define POLKIT_PATH	"/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_IFACE	"org.freedesktop.PolicyKit1.Authority"
#define ALLOW_INTERACTION 1
/* a person may have to type a password */
#define POLKIT_TIMEOUT_US (120 * USEC_PER_SEC)

/* One call that waits for its answer; freed with the slot it hangs on */
struct request {
	struct manager *manager;
	sd_bus_message *call;
	const char *action;
	int (*granted)(struct manager *manager, sd_bus_message *call,
		       uint32_t uid, sd_bus_error *error);
	uint32_t uid;
	bool in_group;
};

static void request_free(struct request *q)
{
	sd_bus_message_unref(q->call);
	free(q);
}

static void request_destroy(void *userdata)
{
	request_free(userdata);
}

void access_find_group(struct manager *m)
{
	char buffer[4096];
	struct group group, *found = NULL;

	m->operators_gid = -1;
	if (getgrnam_r(GROUP, &group, buffer, sizeof(buffer), &found) == 0 &&
	    found)
		m->operators_gid = found->gr_gid;
}

static int grant(struct request *q)
{
	__cleanup(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = q->granted(q->manager, q->call, q->uid, &error);

	if (sd_bus_error_is_set(&error))
		sd_bus_reply_method_error(q->call, &error);
	else if (r < 0)
		sd_bus_reply_method_errno(q->call, r, NULL);
	return 0;
}

static int deny(struct request *q, const char *why)
{
	struct manager *m = q->manager;
	const char *member = sd_bus_message_get_member(q->call);

	if (bucket_pass(&m->denied_bucket, manager_now_ns()))
		manager_event_text(m, POLICY_ACCESS_DENIED, "", 0,
				   "User %u was refused %s (%s): %s", q->uid,
				   member, q->action, why);
	sd_bus_reply_method_errorf(q->call, SD_BUS_ERROR_ACCESS_DENIED,
				   "User %u may not call %s: %s needs action %s",
				   q->uid, member, why, q->action);
	return 0;
}

/* No polkit on this system */
static int decide_alone(struct request *q)
{
	if (q->uid == 0 || q->in_group)
		return grant(q);
	return deny(q, "without polkit only root and group " GROUP " may");
}

static int on_polkit(sd_bus_message *reply, void *userdata,
		     sd_bus_error *ret_error)
{
	struct request *q = userdata;
	const sd_bus_error *e = sd_bus_message_get_error(reply);
	int authorized = 0, challenge = 0, r;

	(void)ret_error;
	if (e && (sd_bus_error_has_name(e, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
		  sd_bus_error_has_name(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER)))
		return decide_alone(q);
	if (e)
		return deny(q, e->message ? e->message : e->name);
	r = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
	if (r >= 0)
		r = sd_bus_message_read(reply, "bb", &authorized, &challenge);
	if (r < 0)
		return deny(q, "polkit's answer cannot be read");
	if (authorized)
		return grant(q);
	return deny(q, challenge ? "polkit wants a password, and nobody can be asked" :
				   "polkit says no");
}

static int ask_polkit(struct request *q)
{
	__cleanup(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	__cleanup(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	sd_bus *bus = q->manager->bus;
	int interactive =
		sd_bus_message_get_allow_interactive_authorization(q->call);
	int r;

	r = sd_bus_message_new_method_call(bus, &m, POLKIT_NAME, POLKIT_PATH,
					   POLKIT_IFACE, "CheckAuthorization");
	if (r >= 0)
		r = sd_bus_message_append(m, "(sa{sv})sa{ss}us",
					  "system-bus-name", 1, "name", "s",
					  sd_bus_message_get_sender(q->call),
					  q->action, 0, interactive > 0 ?
					  ALLOW_INTERACTION : 0, "");
	if (r >= 0)
		r = sd_bus_call_async(bus, &slot, m, on_polkit, q,
				      POLKIT_TIMEOUT_US);
	if (r < 0)
		return r;
	sd_bus_slot_set_destroy_callback(slot, request_destroy);
	sd_bus_slot_set_floating(slot, true);
	return 0;
}

static int read_groups(struct request *q, sd_bus_message *reply)
{
	const void *list;
	size_t size, i;
	int r = sd_bus_message_enter_container(reply, 'v', "au");

	if (r >= 0)
		r = sd_bus_message_read_array(reply, 'u', &list, &size);
	if (r < 0)
		return r;
	for (i = 0; i < size / sizeof(uint32_t); i++)
		if (q->manager->operators_gid >= 0 &&
		    ((const uint32_t *)list)[i] ==
		    (uint32_t)q->manager->operators_gid)
			q->in_group = true;
	return sd_bus_message_exit_container(reply);
}

/* a{sv} with UnixUserID and, from dbus 1.13 on, UnixGroupIDs */
static int read_credentials(struct request *q, sd_bus_message *reply)
{
	bool have_uid = false;
	const char *key;
	int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

	while (r >= 0 &&
	       (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		r = sd_bus_message_read(reply, "s", &key);
		if (r < 0)
			break;
		if (!strcmp(key, "UnixUserID")) {
			r = sd_bus_message_read(reply, "v", "u", &q->uid);
			have_uid = r >= 0;
		} else if (!strcmp(key, "UnixGroupIDs")) {
			r = read_groups(q, reply);
		} else {
			r = sd_bus_message_skip(reply, "v");
		}
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	return r < 0 ? r : have_uid ? 0 : -ENODATA;
}

static int on_credentials(sd_bus_message *reply, void *userdata,
			  sd_bus_error *ret_error)
{
	struct request *q = userdata, *next;

	(void)ret_error;
	if (sd_bus_message_get_error(reply) || read_credentials(q, reply) < 0)
		return deny(q, "the bus does not say who calls");
	/* the slot of this answer frees its own request */
	next = malloc(sizeof(*next));
	if (!next)
		return deny(q, "memory is short");
	*next = *q;
	sd_bus_message_ref(next->call);
	if (ask_polkit(next) < 0) {
		request_free(next);
		return deny(q, "polkit cannot be asked");
	}
	return 0;
}

int access_check(struct manager *m, sd_bus_message *call, const char *action,
		 int (*granted)(struct manager *manager, sd_bus_message *call,
				uint32_t uid, sd_bus_error *error),
		 sd_bus_error *error)
{
	__cleanup(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	struct request *q = calloc(1, sizeof(*q));
	int r;

	(void)error;
	if (!q)
		return -ENOMEM;
	q->manager = m;
	q->call = sd_bus_message_ref(call);
	q->action = action;
	q->granted = granted;
	q->uid = UINT32_MAX;
	r = sd_bus_call_method_async(m->bus, &slot, "org.freedesktop.DBus",
				     "/org/freedesktop/DBus",
				     "org.freedesktop.DBus",
				     "GetConnectionCredentials",
				     on_credentials, q, "s",
				     sd_bus_message_get_sender(call));
	if (r < 0) {
		request_free(q);
		return r;
	}
	sd_bus_slot_set_destroy_callback(slot, request_destroy);
	sd_bus_slot_set_floating(slot, true);
	/* answered later */
	return 1;
}
