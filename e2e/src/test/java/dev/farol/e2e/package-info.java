/** Acceptance: the real ./farol command, real Python processes, real sockets; nothing is mocked. */
@NullMarked
package dev.farol.e2e;

import org.jspecify.annotations.NullMarked;
