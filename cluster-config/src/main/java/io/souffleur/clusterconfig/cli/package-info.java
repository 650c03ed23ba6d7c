/**
 * The command line: which flags exist, how they are read, and what they ask of a launch.
 *
 * <p>{@link io.souffleur.clusterconfig.cli.FlagTable} is the one list of flags; parsing, help, the
 * printed notices and {@code docs/flags.md} follow from it. Reading happens in two steps with two
 * exit codes: {@link io.souffleur.clusterconfig.cli.FlagParser} (2, the text is wrong) and {@link
 * io.souffleur.clusterconfig.cli.LaunchReader} (1, the values do not go together). What comes out
 * is {@link io.souffleur.clusterconfig.cli.LaunchOptions}, complete and checked.
 */
package io.souffleur.clusterconfig.cli;
