/* SPDX-License-Identifier: Apache-2.0 */

#ifndef CONFIG_H
#define CONFIG_H 1

/* What configure found out, to be included before anything else.
 *
 * Open vSwitch's headers look at its config.h: which headers, functions and
 * atomics there are.  What we compile must see the answers that the library
 * was compiled with, or structures differ between the two.  So theirs is
 * included, instead of asking the same questions again in our configure.  It
 * is the next config.h in the include path, in Open vSwitch's build tree.
 *
 * Both have the names below; ours, from virtnet-config.h, must win.  This
 * cannot be said in a header that configure makes: it would replace "#undef"
 * by "#define". */

#include_next <config.h>

#undef PACKAGE
#undef PACKAGE_BUGREPORT
#undef PACKAGE_NAME
#undef PACKAGE_STRING
#undef PACKAGE_TARNAME
#undef PACKAGE_URL
#undef PACKAGE_VERSION
#undef VERSION

#include "virtnet-config.h"

#endif /* config.h */
