// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport over a tty: the line discipline
 *
 * open() makes an idle discipline without device or traffic; BACS_IOC_START
 * starts the bus; close() ends it. After a hang-up the core always closes the
 * discipline, so hangup() needs no work of its own. The discipline knows
 * bytes, line settings and nothing else.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_ldisc.h>
#include <linux/uaccess.h>

#include "bacs.h"
#include "compat.h"
#include "ldisc.h"

static int ldisc_number = N_DEVELOPMENT;
module_param_named(ldisc, ldisc_number, int, 0444);
MODULE_PARM_DESC(ldisc, "number of the line discipline (default 29)");

/**
 * struct bacs_line - an open discipline
 * @tty: its tty, valid from open() to close()
 * @mutex: serialises the ioctl
 * @bus: NULL before the start
 */
struct bacs_line {
	struct tty_struct *tty;
	struct mutex mutex;	/* two BACS_IOC_START at once */
	struct bacs_bus *bus;
};

/* A bus that is seen is a bus that is complete. */
static struct bacs_bus *line_bus(struct bacs_line *line)
{
	/* Pairs with the store in line_start(). */
	return smp_load_acquire(&line->bus);
}

static int line_write(void *transport, const u8 *frame, size_t len)
{
	struct bacs_line *line = transport;
	struct tty_struct *tty = line->tty;
	ssize_t done;

	/* Half a frame is worse than none. */
	if (tty_write_room(tty) < len)
		return -EAGAIN;
	done = tty->ops->write(tty, frame, len);
	if (done < 0)
		return done;
	return (size_t)done == len ? 0 : -EIO;
}

static void line_drain(void *transport)
{
	struct bacs_line *line = transport;

	if (!test_bit(TTY_HUPPED, &line->tty->flags) &&
	    !test_bit(TTY_OTHER_CLOSED, &line->tty->flags))
		tty_wait_until_sent(line->tty, HZ / 2);
}

static const struct bacs_transport_ops line_ops = {
	.write = line_write,
	.drain = line_drain,
};

static void line_settings(struct tty_struct *tty, u32 *baud, u32 *char_bits)
{
	struct ktermios termios;

	down_read(&tty->termios_rwsem);
	termios = tty->termios;
	up_read(&tty->termios_rwsem);
	*baud = tty_termios_baud_rate(&termios);
	*char_bits = tty_get_frame_size(termios.c_cflag);
}

/* Context: termios_rwsem held. */
static void follow_settings(struct bacs_line *line)
{
	struct bacs_bus *bus = line_bus(line);
	struct ktermios *termios = &line->tty->termios;

	if (bus)
		bacs_bus_set_line(bus, tty_termios_baud_rate(termios),
				  tty_get_frame_size(termios->c_cflag));
}

static int bacs_ldisc_open(struct tty_struct *tty)
{
	struct bacs_line *line;

	/* A pty belongs to anybody; 247 kernel devices do not. */
	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	if (!tty->ops->write)
		return -EOPNOTSUPP;
	line = kzalloc(sizeof(*line), GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	line->tty = tty;
	mutex_init(&line->mutex);
	tty->receive_room = 65536;
	tty->disc_data = line;
	/* The discipline before us may have left the port silent. */
	tty_unthrottle(tty);
	return 0;
}

/* The core calls this with no other method running. */
static void bacs_ldisc_close(struct tty_struct *tty)
{
	struct bacs_line *line = tty->disc_data;

	if (line->bus)
		bacs_bus_stop(line->bus);
	tty->disc_data = NULL;
	mutex_destroy(&line->mutex);
	kfree(line);
}

static int start_from_user(struct bacs_start *start, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	u32 size;
	int err;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < sizeof(*start))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(start, sizeof(*start), user, size);
	if (err)
		return err;
	if (strnlen(start->name, sizeof(start->name)) == sizeof(start->name) ||
	    strnlen(start->profile, sizeof(start->profile)) ==
	    sizeof(start->profile))
		return -EINVAL;
	if (memchr_inv(start->reserved, 0, sizeof(start->reserved)))
		return -EINVAL;
	return 0;
}

static int line_start(struct bacs_line *line, unsigned long arg)
{
	struct bacs_start start;
	struct bacs_bus *bus;
	u32 baud, char_bits;
	int err;

	/* The descriptor may have been handed on since open(). */
	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	err = start_from_user(&start, arg);
	if (err)
		return err;
	if (test_bit(TTY_HUPPED, &line->tty->flags))
		return -ENODEV;
	line_settings(line->tty, &baud, &char_bits);
	if (!baud)
		return -EINVAL;

	mutex_lock(&line->mutex);
	if (line->bus) {
		err = -EBUSY;
		goto out;
	}
	bus = bacs_bus_start(&start, line->tty->name, &line_ops, line, baud,
			     char_bits);
	if (IS_ERR(bus)) {
		err = PTR_ERR(bus);
		goto out;
	}
	/* Pairs with the load in line_bus(). */
	smp_store_release(&line->bus, bus);
	/* What was changed before that, set_termios() told nobody. */
	down_read(&line->tty->termios_rwsem);
	follow_settings(line);
	up_read(&line->tty->termios_rwsem);
out:
	mutex_unlock(&line->mutex);
	return err;
}

static int bacs_ldisc_ioctl(struct tty_struct *tty, unsigned int cmd,
			    unsigned long arg)
{
	if (cmd == BACS_IOC_START)
		return line_start(tty->disc_data, arg);
	return tty_mode_ioctl(tty, cmd, arg);
}

static void receive(struct bacs_bus *bus, const BACS_TTY_CHAR *bytes,
		    const BACS_TTY_FLAG *flags, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; flags && i < len; i++) {
		if (flags[i] == TTY_NORMAL)
			continue;
		bacs_bus_rx(bus, bytes + from, i - from);
		bacs_bus_rx_error(bus);
		from = i + 1;
	}
	bacs_bus_rx(bus, bytes + from, len - from);
}

static void bacs_ldisc_receive(struct tty_struct *tty,
			       const BACS_TTY_CHAR *bytes,
			       const BACS_TTY_FLAG *flags, BACS_TTY_COUNT count)
{
	struct bacs_bus *bus = line_bus(tty->disc_data);

	if (bus)
		receive(bus, bytes, flags, count);
	/* On a pty, wake a writer who may have found the buffer full. */
	if (test_bit(TTY_THROTTLED, &tty->flags))
		tty_unthrottle(tty);
}

/* Another opener may change the speed under us. */
static void bacs_ldisc_set_termios(struct tty_struct *tty,
				   const struct ktermios *old)
{
	/* Called with termios_rwsem held for writing. */
	follow_settings(tty->disc_data);
}

/* There is nothing to read, but bacs-attach waits here for the hang-up. */
static __poll_t bacs_ldisc_poll(struct tty_struct *tty, struct file *file,
				struct poll_table_struct *wait)
{
	__poll_t mask = 0;

	poll_wait(file, &tty->read_wait, wait);
	if (tty_hung_up_p(file) || test_bit(TTY_OTHER_CLOSED, &tty->flags))
		mask |= EPOLLHUP;
	return mask;
}

static struct tty_ldisc_ops bacs_ldisc_ops = {
	.owner		= THIS_MODULE,
	.name		= "bacs",
	.open		= bacs_ldisc_open,
	.close		= bacs_ldisc_close,
	.ioctl		= bacs_ldisc_ioctl,
	.poll		= bacs_ldisc_poll,
	.set_termios	= bacs_ldisc_set_termios,
	.receive_buf	= bacs_ldisc_receive,
};

int bacs_ldisc_register(void)
{
	/* tty_register_ldisc() would take even that of N_TTY away. */
	if (ldisc_number <= N_TTY || ldisc_number >= NR_LDISCS) {
		pr_err("bacs: ldisc=%d is not in 1-%d\n", ldisc_number,
		       NR_LDISCS - 1);
		return -EINVAL;
	}
	bacs_ldisc_ops.num = ldisc_number;
	return tty_register_ldisc(&bacs_ldisc_ops);
}

void bacs_ldisc_unregister(void)
{
	tty_unregister_ldisc(&bacs_ldisc_ops);
}

MODULE_ALIAS_LDISC(N_DEVELOPMENT);

#ifdef CONFIG_BACS_KUNIT_TEST
#include "kunit-line.c"
#endif
