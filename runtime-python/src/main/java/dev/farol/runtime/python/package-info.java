/**
 * Python workers behind the runtime port: frames over a Unix socket, the zygote, the scoring-script
 * contract.
 */
@NullMarked
package dev.farol.runtime.python;

import org.jspecify.annotations.NullMarked;
