// SPDX-License-Identifier: GPL-2.0-or-later
/* claim-fake BUS: be the controller of a bus of the fake kernel until stdin ends */
#include <stdio.h>

#include <bacs.h>

int main(int argc, char **argv)
{
	struct bacs *b;

	if (argc != 2 || bacs_open(0, &b) < 0)
		return 2;
	if (bacs_claim(b, argv[1]) < 0) {
		fprintf(stderr, "claim-fake: %s\n", bacs_error_text(b));
		return 1;
	}
	puts("claimed");
	fflush(stdout);
	getchar();
	bacs_close(b);
	return 0;
}
