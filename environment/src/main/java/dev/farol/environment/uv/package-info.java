/** uv: found or installed, told the user's pip configuration, run, and its messages understood. */
@NullMarked
package dev.farol.environment.uv;

import org.jspecify.annotations.NullMarked;
