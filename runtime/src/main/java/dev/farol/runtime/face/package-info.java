/** The routes, headers and errors of an instance, those of azureml-inference-server-http. */
@NullMarked
package dev.farol.runtime.face;

import org.jspecify.annotations.NullMarked;
