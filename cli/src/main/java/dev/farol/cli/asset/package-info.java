/**
 * Local folders and files on their way to the workspace: content hashes, ignore files, blob
 * uploads, and the code, model and environment versions that deployments refer to.
 */
@NullMarked
package dev.farol.cli.asset;

import org.jspecify.annotations.NullMarked;
