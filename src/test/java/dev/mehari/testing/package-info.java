/**
 * What tests of several packages need: an upstream that does as it is told, raw HTTP clients, a database. Everything is
 * hand-written, listens on ports chosen by the system, and is closed by the test that opened it.
 */
package dev.mehari.testing;
