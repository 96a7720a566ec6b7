/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACS_LDISC_H
#define BACS_LDISC_H

int bacs_ldisc_register(void);
void bacs_ldisc_unregister(void);

#endif /* BACS_LDISC_H */
