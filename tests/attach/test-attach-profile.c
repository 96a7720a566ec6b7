// SPDX-License-Identifier: GPL-2.0-or-later
/* How long bacs-attach waits for a reply: what it knows of the bus's profile */
#include "fake-test.h"
#include "options.h"
#include "profile.h"

static struct bacs_profile *new_profile(const char *name, unsigned int ms)
{
	struct bacs_profile *p = bacs_profile_new();

	assert_non_null(p);
	assert_int_equal(bacs_profile_set_name(p, name), 0);
	assert_int_equal(bacs_profile_set_class(p, BACS_MODCLASS_JAR), 0);
	assert_int_equal(bacs_profile_set_response_ms(p, ms), 0);
	assert_true(bacs_profile_add_block(p, 3, 0, 1) >= 0);
	assert_int_equal(bacs_profile_add_field(p, BACS_Q_VOLTAGE, 0, 16, 0, 1,
						1, 0), 0);
	return p;
}

static void load(struct bacs_profile *p)
{
	struct bacs *b = open_handle(0);

	assert_int_equal(bacs_profile_load(b, p), 0);
	bacs_close(b);
}

static void the_profile_says_how_long(void **state)
{
	struct bacs_profile *read = new_profile("slow", 900);
	struct bacs_profile *replaced = new_profile("slow", 7000);
	struct attach_options o;

	(void)state;
	attach_options_init(&o);
	/* nobody there: what is built in, or what was read */
	assert_int_equal(attach_profile_response_ms(&o, NULL), 50);
	strcpy(o.profile, "slow");
	assert_int_equal(attach_profile_response_ms(&o, read), 900);
	/* a driver that has forgotten it, one that has it, and another one */
	step("load");
	assert_int_equal(attach_profile_response_ms(&o, read), 900);
	load(read);
	assert_int_equal(attach_profile_response_ms(&o, NULL), 900);
	load(replaced);
	assert_int_equal(attach_profile_response_ms(&o, read), 7000);
	/* said for the bus */
	o.response_ms = 20;
	assert_int_equal(attach_profile_response_ms(&o, read), 20);
	bacs_profile_free(read);
	bacs_profile_free(replaced);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_profile_says_how_long,
						kernel_setup, kernel_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
