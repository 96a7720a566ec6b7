// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles as text; arguments: bacs-profile.5 and the files of profiles/ */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decimal.h"
#include "profile-text.h"

#define HEAD	"[Profile]\nName=x\nClass=string\nFunction=4\n" \
		"Start=0x10\nCount=4\n"
#define FIELD	"[Field]\nQuantity=voltage_mv\nRegister=16\n"

static const char *manual_page;
static int file_count;
static char **file_names;

static int parse(const char *text, struct bacs_profile **ret, struct ini *ini)
{
	ini->file = "t.profile";
	return profile_text_parse(ini, text, strlen(text), ret);
}

static void a_whole_profile_is_read(void **state)
{
	struct bacs_profile *p;
	unsigned int reg;
	unsigned int width;
	unsigned int flags;
	int32_t multiplier;
	int32_t divisor;
	int32_t offset;
	struct ini ini;
	enum bacs_q q;

	(void)state;
	assert_int_equal(parse("# one\n"
			       "[Profile]\n"
			       "Name=dev-1\n"
			       "Class=jar\n"
			       "Model=Some Sensor 9\n"
			       "Function=3\n"
			       "Start=100\n"
			       "Count=10\n"
			       "ResponseMs=50\n"
			       "NominalMv=2000\n"
			       "[Field]\n"
			       "Quantity=temperature_mc\n"
			       "Register=104\n"
			       "Signed=yes\n"
			       "Scale=0.1 degC\n"
			       "Offset=-273 degC\n"
			       "[Field]\n"
			       "Quantity=current_ma\n"
			       "Register=0x6c\n"
			       "Width=32\n"
			       "WordOrder=low-first\n"
			       "Scale=1/3\n", &p, &ini), 0);
	assert_string_equal(bacs_profile_name(p), "dev-1");
	assert_string_equal(bacs_profile_model(p), "Some Sensor 9");
	assert_int_equal(bacs_profile_class(p), BACS_MODCLASS_JAR);
	assert_int_equal(bacs_profile_function(p), 3);
	assert_int_equal(bacs_profile_start(p), 100);
	assert_int_equal(bacs_profile_count(p), 10);
	assert_int_equal(bacs_profile_response_ms(p), 50);
	assert_int_equal(bacs_profile_nominal_mv(p), 2000);
	assert_int_equal(bacs_profile_fields(p), 2);
	assert_int_equal(bacs_profile_field(p, 0, &q, &reg, &width, &flags,
					    &multiplier, &divisor, &offset), 0);
	assert_int_equal(q, BACS_Q_TEMPERATURE);
	assert_int_equal(reg, 4);
	assert_int_equal(width, 16);
	assert_int_equal(flags, BACS_FIELD_SIGNED);
	assert_int_equal(multiplier, 100);
	assert_int_equal(divisor, 1);
	assert_int_equal(offset, -273000);
	assert_int_equal(bacs_profile_field(p, 1, &q, &reg, &width, &flags,
					    &multiplier, &divisor, &offset), 0);
	assert_int_equal(q, BACS_Q_CURRENT);
	assert_int_equal(reg, 8);
	assert_int_equal(width, 32);
	assert_int_equal(flags, BACS_FIELD_LOW_WORD_FIRST);
	assert_int_equal(multiplier, 1);
	assert_int_equal(divisor, 3);
	assert_int_equal(offset, 0);
	bacs_profile_free(p);
}

static void bad_profiles_are_refused_by_line(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{ "", "t.profile: no [Profile]" },
		{ "Name=x\n", "t.profile:1: Name= stands before" },
		{ "[Field]\n", "t.profile:1: [Field] before [Profile]" },
		{ "[Other]\n", "t.profile:1: unknown section [Other]" },
		{ "[Profile]\nName=X\n", "t.profile:2: Name=X: a small" },
		{ "[Profile]\nName=\n", "t.profile:2: Name=" },
		{ "[Profile]\nClass=cell\n", "t.profile:2: Class=cell: allowed "
		  "are jar" },
		{ "[Profile]\nModel=12345678901234567890123456789012\n",
		  "at most 31" },
		{ "[Profile]\nFunction=5\n", "t.profile:2: Function=5: allowed "
		  "is a number from 3 to 4" },
		{ "[Profile]\nFunction=-3\n", "from 3 to 4" },
		{ "[Profile]\nStart=65536\n", "from 0 to 65535" },
		{ "[Profile]\nStart=0x\n", "from 0 to 65535" },
		{ "[Profile]\nStart=1e3\n", "from 0 to 65535" },
		{ "[Profile]\nStart=0x111111111\n", "from 0 to 65535" },
		{ "[Profile]\nCount=126\n", "from 1 to 125" },
		{ "[Profile]\nCount=0\n", "from 1 to 125" },
		{ "[Profile]\nResponseMs=4\n", "from 5 to 10000" },
		{ "[Profile]\nNominalMv=65536\n", "from 0 to 65535" },
		{ "[Profile]\nColour=red\n", "t.profile:2: unknown key "
		  "Colour=" },
		{ "[Profile]\nName=x\nName=y\n", "t.profile:3: Name= is given "
		  "twice" },
		{ "[Profile]\nName=x\n" FIELD, "t.profile:1: [Profile] has no "
		  "Class=" },
		{ "[Profile]\nName=x\n[Profile]\n", "t.profile:1: [Profile] "
		  "has no Class=" },
		{ HEAD HEAD, "t.profile:7: a second [Profile]" },
		{ HEAD, "t.profile: " },
		{ "[Profile]\nName=x\nClass=jar\nFunction=3\nStart=65535\n"
		  "Count=2\n", "t.profile:1: Start=65535 and Count=2" },
		{ HEAD "[Field]\nRegister=16\n", "t.profile:7: [Field] has no "
		  "Quantity=" },
		{ HEAD "[Field]\nQuantity=voltage_mv\n", "t.profile:7: [Field] "
		  "has no Register=" },
		{ HEAD "[Field]\nQuantity=voltage\n", "t.profile:8: "
		  "Quantity=voltage: no such" },
		{ HEAD "[Field]\nQuantity=voltage_mv\nRegister=15\n",
		  "t.profile:7: Register=15 (0xf) of 16 bits lies in no "
		  "block; the blocks above have input registers 16 to 19" },
		{ HEAD "[Field]\nQuantity=voltage_mv\nRegister=20\n",
		  "t.profile:7: Register=20" },
		{ HEAD "[Field]\nQuantity=voltage_mv\nRegister=19\nWidth=32\n",
		  "t.profile:7: Register=19" },
		{ HEAD FIELD "Width=64\n", "t.profile:10: Width=64: allowed" },
		{ HEAD FIELD "Signed=maybe\n", "allowed are yes" },
		{ HEAD FIELD "WordOrder=middle\n", "high-first" },
		{ HEAD FIELD "WordOrder=low-first\n", "t.profile:7: WordOrder="
		  "low-first needs Width=32" },
		{ HEAD FIELD "Scale=0\n", "t.profile:10: Scale=0: must not be 0" },
		{ HEAD FIELD "Scale=0.000 V\n", "must not be 0" },
		{ HEAD FIELD "Scale=ten\n", "V, mV or uV" },
		{ HEAD FIELD "Scale=1 A\n", "V, mV or uV" },
		{ HEAD FIELD "Scale=1e-3\n", "V, mV or uV" },
		{ HEAD FIELD "Scale=0.00000000001\n", "at most 10 digits" },
		{ HEAD FIELD "Scale=0.000000001 uV\n", "32 bits" },
		{ HEAD FIELD "Scale=3000000 V\n", "32 bits" },
		{ HEAD FIELD "Scale=1/0\n", "1/3" },
		{ HEAD FIELD "Offset=0.0001 V\n", "whole number" },
		{ HEAD FIELD "Offset=3000000 V\n", "32 bits" },
		{ HEAD "[Field]\nScale=1\n", "below Quantity=" },
		{ HEAD FIELD FIELD, "t.profile:10: Quantity=voltage_mv has a "
		  "[Field] already, in line 7" },
		/* blocks */
		{ "[Block]\n", "t.profile:1: [Block] before [Profile]" },
		{ "[Profile]\nName=x\nClass=jar\nFunction=3\nCount=2\n",
		  "t.profile:1: [Profile] has no Start=" },
		{ "[Profile]\nName=x\nClass=jar\nStart=3\n",
		  "t.profile:1: [Profile] has no Function=" },
		{ "[Profile]\nName=x\nClass=jar\n", "t.profile: no block" },
		{ "[Profile]\nName=x\nClass=jar\n" FIELD,
		  "t.profile:4: Register=16 (0x10) of 16 bits lies in no block; "
		  "the blocks above have none yet" },
		{ HEAD "[Block]\nStart=9\nCount=2\n", "t.profile:7: [Block] "
		  "has no Function=" },
		{ HEAD "[Block]\nFunction=4\nStart=19\nCount=2\n" FIELD,
		  "t.profile:7: Start=19 and Count=2: overlaps the block of "
		  "line 1, input registers 16 to 19" },
		{ HEAD "[Block]\nFunction=4\nStart=0\nCount=0\n",
		  "t.profile:10: Count=0: allowed" },
		{ HEAD "[Block]\nFunction=4\nStart=65500\nCount=99\n" FIELD,
		  "t.profile:7: Start=65500 and Count=99: the block ends" },
		{ HEAD FIELD "[Block]\nFunction=3\nStart=0\nCount=2\n",
		  "t.profile:10: no [Field] lies in this block" },
		{ HEAD "[Block]\nFunction=3\nStart=0x10\nCount=1\n" FIELD,
		  "t.profile:11: Register=16 is in a block of holding" },
		{ HEAD "[Block]\nFunction=3\nStart=40\nCount=1\n"
		  "[Field]\nQuantity=voltage_mv\nRegister=40\nFunction=4\n",
		  "t.profile:11: Register=40 (0x28) of 16 bits lies in no "
		  "block; the blocks above have input registers 16 to 19, "
		  "holding registers 40 to 40" },
#define ONE(n)	"[Block]\nFunction=3\nStart=" n "\nCount=1\n"
		{ HEAD ONE("0") ONE("1") ONE("2") ONE("3") ONE("4") ONE("5")
		  ONE("6") ONE("7") FIELD, "t.profile:35: more than the 8 "
		  "blocks" },
		/* registers that overlap */
		{ HEAD FIELD "Width=32\n[Field]\nQuantity=current_ma\n"
		  "Register=17\n", "t.profile:11: Register=17 of 16 bits: "
		  "voltage_mv of line 7 has register 17 already" },
		{ HEAD "[Field]\nQuantity=current_ma\nRegister=17\n"
		  FIELD "Width=32\n", "t.profile:10: Register=16 of 32 bits: "
		  "current_ma of line 7 has register 17 already" },
		/* validity */
		{ HEAD FIELD "Min=2 V\nMax=1 V\n", "t.profile:7: Min= is 2000 "
		  "and Max= is 1000 voltage_mv: no value" },
		{ HEAD FIELD "Min=0.0001 V\n", "t.profile:10: Min=0.0001 V: "
		  "must be a whole number" },
		{ HEAD FIELD "Max=1 A\n", "V, mV or uV" },
		{ HEAD FIELD "Max=3000000 V\n", "32 bits" },
		{ HEAD "[Field]\nMin=1\n", "below Quantity=" },
		{ HEAD FIELD "Invalid=65536\n", "t.profile:7: Invalid=65536 "
		  "(0x10000): a register of 16 bits holds 0 to 65535" },
		{ HEAD FIELD "Invalid=-1\n", "from 0 to 4294967295" },
		{ HEAD FIELD "Invalid=4294967296\n", "from 0 to 4294967295" },
		{ HEAD FIELD "ValidFlag=0\n", "from 1 to 65535" },
		{ HEAD FIELD "ValidFlag=2\n", "t.profile:7: ValidFlag=0x0002: "
		  "its block has no [Field] with Quantity=flags" },
		{ HEAD "[Field]\nQuantity=flags\nRegister=16\nValidFlag=2\n",
		  "t.profile:7: ValidFlag= of the quantity flags" },
		{ HEAD FIELD "Every=0\n", "t.profile:10: Every=0: allowed is a "
		  "number from 1 to 255" },
		{ HEAD FIELD "Every=256\n", "from 1 to 255" },
		{ HEAD FIELD "Every=2\n", "no quantity is read in every scan" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bacs_profile *p = (void *)1;
		struct ini ini;

		if (parse(cases[i].text, &p, &ini) >= 0)
			fail_msg("taken: %s", cases[i].text);
		assert_ptr_equal(p, (void *)1);
		if (!strstr(ini.error, cases[i].says))
			fail_msg("'%s' does not say '%s'", ini.error,
				 cases[i].says);
	}
}

/* Several blocks, and everything that a field can say beyond its scale */
static void blocks_and_validity_are_read(void **state)
{
	unsigned int function, start, count, reg;
	struct bacs_profile *p;
	int32_t min, max;
	uint32_t raw;
	struct ini ini;

	(void)state;
	if (parse("[Profile]\nName=x\nClass=environment\n"
		  "[Block]\nFunction=4\nStart=0\nCount=3\n"
		  "[Field]\nQuantity=flags\nRegister=2\n"
		  "[Field]\nQuantity=temperature_mc\nRegister=0\n"
		  "Min=-40 degC\nMax=125 degC\nInvalid=0x8000\nValidFlag=0x3\n"
		  "[Block]\nFunction=3\nStart=0\nCount=3\n"
		  "[Field]\nQuantity=humidity_permille\nRegister=1\nFunction=3\n"
		  "Every=60\nMax=100 %\n"
		  "[Field]\nQuantity=h2_ppm\nRegister=1\nFunction=4\n", &p,
		  &ini) < 0)
		fail_msg("%s", ini.error);
	assert_int_equal(bacs_profile_blocks(p), 2);
	assert_int_equal(bacs_profile_block(p, 1, &function, &start, &count), 0);
	assert_int_equal(function, 3);
	assert_int_equal(start, 0);
	assert_int_equal(count, 3);
	assert_int_equal(bacs_profile_block(p, 2, NULL, NULL, NULL), -ERANGE);
	assert_true(bacs_profile_field_range(p, 1, &min, &max));
	assert_int_equal(min, -40000);
	assert_int_equal(max, 125000);
	assert_true(bacs_profile_field_invalid(p, 1, &raw));
	assert_int_equal(raw, 0x8000);
	assert_int_equal(bacs_profile_field_valid_flag(p, 1), 3);
	assert_int_equal(bacs_profile_field_every(p, 1), 1);
	assert_int_equal(bacs_profile_field_block(p, 1), 0);
	assert_int_equal(bacs_profile_field_block(p, 2), 1);
	assert_int_equal(bacs_profile_field_every(p, 2), 60);
	assert_false(bacs_profile_field_invalid(p, 2, &raw));
	assert_true(bacs_profile_field_range(p, 2, &min, &max));
	assert_int_equal(min, INT32_MIN);
	assert_int_equal(max, 1000);
	/* the same register number, of the other function */
	assert_int_equal(bacs_profile_field(p, 3, NULL, &reg, NULL, NULL, NULL,
					    NULL, NULL), 0);
	assert_int_equal(reg, 1);
	assert_int_equal(bacs_profile_field_block(p, 3), 0);
	bacs_profile_free(p);
}

/* However long a line is, the message is short and names it (MASTER, bad input) */
static void a_line_of_64_kib_is_refused_by_its_number(void **state)
{
	static char text[80 + 65536];
	struct bacs_profile *p = (void *)1;
	struct ini ini;
	int at = snprintf(text, sizeof(text), "[Profile]\nName=x\nModel=");

	(void)state;
	memset(text + at, 'a', 65536);
	strcpy(text + at + 65535, "\n");
	assert_true(parse(text, &p, &ini) < 0);
	assert_ptr_equal(p, (void *)1);
	assert_non_null(strstr(ini.error, "t.profile:3: "));
	assert_non_null(strstr(ini.error, "511"));
	assert_true(strlen(ini.error) < 200);
}

static void decimals_are_exact(void **state)
{
	static const struct {
		const char *text;
		enum bacs_q q;
		int64_t numerator;
		int64_t denominator;
	} cases[] = {
		{ "1", BACS_Q_VOLTAGE, 1, 1 },
		{ "0.01 V", BACS_Q_VOLTAGE, 10, 1 },
		{ "0.01", BACS_Q_VOLTAGE, 1, 100 },
		{ ".5mV", BACS_Q_VOLTAGE, 1, 2 },
		{ "10 uV", BACS_Q_VOLTAGE, 1, 100 },
		{ "-0.1 degC", BACS_Q_TEMPERATURE, -100, 1 },
		{ "0.25 mohm", BACS_Q_RESISTANCE, 250, 1 },
		{ "1 %", BACS_Q_HUMIDITY, 10, 1 },
		{ "0.1 %", BACS_Q_H2, 1000, 1 },
		{ "2/6", BACS_Q_BOOTS, 1, 3 },
		{ "0.1 Ah", BACS_Q_BYPASSED, 100, 1 },
		{ "9999999999", BACS_Q_BOOTS, 9999999999, 1 },
		{ "000000000001", BACS_Q_BOOTS, 1, 1 },
		{ "0", BACS_Q_BOOTS, 0, 1 },
	};
	static const char *const bad[] = {
		"", "-", ".", "1.", "1..2", "1 2", "+1", "1,5", "1/2/3",
		"1/.5", "1.5/2", "12345678901", "1 V", " 1", "0x10", "--1",
	};
	struct decimal d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (decimal_parse(cases[i].text, cases[i].q, &d) < 0)
			fail_msg("refused: %s", cases[i].text);
		assert_int_equal(d.numerator, cases[i].numerator);
		assert_int_equal(d.denominator, cases[i].denominator);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (decimal_parse(bad[i], BACS_Q_BOOTS, &d) == 0)
			fail_msg("taken: '%s'", bad[i]);
	}
}

static void profiles_are_compared_whole(void **state)
{
	static const char *const others[] = {
		HEAD FIELD "Scale=2\n",
		HEAD FIELD "Offset=2\n",
		HEAD FIELD "Signed=yes\n",
		HEAD FIELD "Width=32\n",
		HEAD "[Field]\nQuantity=voltage_mv\nRegister=17\n",
		HEAD "[Field]\nQuantity=current_ma\nRegister=16\n",
		HEAD "Model=m\n" FIELD,
		HEAD "ResponseMs=301\n" FIELD,
		HEAD "NominalMv=1\n" FIELD,
		HEAD FIELD "[Field]\nQuantity=current_ma\nRegister=17\n",
		HEAD FIELD "Min=1\n",
		HEAD FIELD "Max=1\n",
		HEAD FIELD "Invalid=0\n",
		HEAD "[Block]\nFunction=3\nStart=0\nCount=1\n" FIELD
			"[Field]\nQuantity=current_ma\nRegister=0\n",
		"[Profile]\nName=x\nClass=string\nFunction=3\nStart=0x10\n"
			"Count=4\n" FIELD,
		"[Profile]\nName=x\nClass=string\nFunction=4\nStart=0x10\n"
			"Count=5\n" FIELD,
	};
	/* the driver tells the fields block by block */
	static const char swapped[][400] = {
		HEAD FIELD "Every=1\n[Field]\nQuantity=flags\nRegister=17\n",
		HEAD "[Field]\nQuantity=flags\nRegister=17\n" FIELD,
		HEAD FIELD "Every=2\n[Field]\nQuantity=flags\nRegister=17\n",
		HEAD FIELD "ValidFlag=1\n[Field]\nQuantity=flags\nRegister=17\n",
	};
	struct bacs_profile *a;
	struct bacs_profile *b;
	struct ini ini;

	(void)state;
	assert_int_equal(parse(HEAD FIELD, &a, &ini), 0);
	assert_int_equal(parse(HEAD "ResponseMs=300\n" FIELD, &b, &ini), 0);
	assert_true(profile_text_same(a, b));
	bacs_profile_free(b);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(parse(others[i], &b, &ini), 0);
		if (profile_text_same(a, b))
			fail_msg("taken for the same: %s", others[i]);
		bacs_profile_free(b);
	}
	bacs_profile_free(a);
	assert_int_equal(parse(swapped[0], &a, &ini), 0);
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(parse(swapped[i], &b, &ini), 0);
		assert_int_equal(profile_text_same(a, b), i == 1);
		bacs_profile_free(b);
	}
	bacs_profile_free(a);
}

static void shipped_profiles_are_good_and_named_like_their_files(void **state)
{
	(void)state;
	assert_true(file_count >= 2);
	for (int i = 0; i < file_count; i++) {
		const char *slash = strrchr(file_names[i], '/');
		struct bacs_profile *p;
		char expected[128];
		struct ini ini;

		if (profile_text_read(&ini, file_names[i], &p) < 0)
			fail_msg("%s", ini.error);
		snprintf(expected, sizeof(expected), "%s%s",
			 bacs_profile_name(p), PROFILE_TEXT_SUFFIX);
		assert_string_equal(slash ? slash + 1 : file_names[i],
				    expected);
		bacs_profile_free(p);
	}
}

static void the_manual_pages_examples_are_profiles(void **state)
{
	static const unsigned int blocks[] = { 1, 2 }, fields[] = { 3, 2 };
	struct ini ini;
	char *text;
	char *at;
	size_t n;

	(void)state;
	assert_int_equal(ini_read_file(&ini, manual_page, &text, &n), 0);
	text[n - 1] = '\0';
	at = text;
	for (size_t i = 0; i < 2; i++) {
		struct bacs_profile *p;
		char *end;

		at = strstr(at, "\n[Profile]\n");
		assert_non_null(at);
		end = strstr(at, "\n.Ed");
		assert_non_null(end);
		*end = '\0';
		if (parse(at, &p, &ini) < 0)
			fail_msg("%s", ini.error);
		assert_int_equal(bacs_profile_blocks(p), blocks[i]);
		assert_int_equal(bacs_profile_fields(p), fields[i]);
		bacs_profile_free(p);
		at = end + 1;
	}
	free(text);
}

static void the_manual_page_has_every_quantity(void **state)
{
	struct ini ini;
	char *text;
	size_t n;

	(void)state;
	assert_int_equal(ini_read_file(&ini, manual_page, &text, &n), 0);
	text[n - 1] = '\0';
	for (enum bacs_q q = BACS_Q_UNKNOWN + 1; q < BACS_Q_COUNT; q++) {
		if (!strstr(text, bacs_q_name(q)))
			fail_msg("%s: %s is missing", manual_page,
				 bacs_q_name(q));
	}
	free(text);
}

static void files_that_are_none_are_refused(void **state)
{
	struct bacs_profile *p;
	struct ini ini;

	(void)state;
	assert_int_equal(profile_text_read(&ini, "/nonexistent", &p), -ENOENT);
	assert_string_equal(ini.error,
			    "/nonexistent: No such file or directory");
	assert_int_equal(profile_text_read(&ini, "/tmp", &p), -EINVAL);
	assert_string_equal(ini.error, "/tmp: not a regular file");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_profile_is_read),
		cmocka_unit_test(bad_profiles_are_refused_by_line),
		cmocka_unit_test(blocks_and_validity_are_read),
		cmocka_unit_test(a_line_of_64_kib_is_refused_by_its_number),
		cmocka_unit_test(decimals_are_exact),
		cmocka_unit_test(profiles_are_compared_whole),
		cmocka_unit_test(
			shipped_profiles_are_good_and_named_like_their_files),
		cmocka_unit_test(the_manual_pages_examples_are_profiles),
		cmocka_unit_test(the_manual_page_has_every_quantity),
		cmocka_unit_test(files_that_are_none_are_refused),
	};

	if (argc < 3) {
		fprintf(stderr, "usage: %s bacs-profile.5 FILE...\n", argv[0]);
		return 2;
	}
	manual_page = argv[1];
	file_count = argc - 2;
	file_names = argv + 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
