/**
 * Who may operate the gateway by password: how the password is kept, how a login becomes a session that ends, and how guessing
 * is slowed down. Does not know HTTP, cookies or SQL; those who do are {@code admin} and {@code storage}. The admin token is
 * no concern of this package. Start reading at {@link dev.mehari.operator.Operators}.
 */
@NullMarked
package dev.mehari.operator;

import org.jspecify.annotations.NullMarked;
