package dev.farol.app;

/** How the host commands write; lower case because these are the words on the command line. */
enum OutputFormat {
    text,
    json
}
