/** What the tests of this room and of those upon it have in common. */
package dev.farol.wire.testing;
