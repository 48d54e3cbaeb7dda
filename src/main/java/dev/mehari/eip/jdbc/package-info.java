/** Mehari's part in Camel's {@code jdbc} component. */
@NullMarked
package dev.mehari.eip.jdbc;

import org.jspecify.annotations.NullMarked;
