package io.souffleur.clusterconfig.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The commands of {@code souffleur}: finds the one that is asked for, runs it, answers its exit code.
 *
 * <p>{@code serve}, {@code generate}, {@code doctor} and {@code bench} hand their words to {@link FlagParser}, whose
 * rules picocli does not have; the others are read by picocli.
 */
public final class CommandTree {
  /** Done. */
  public static final int OK = 0;

  /** Values that do not go together, or a launch that failed. */
  public static final int FAILED = 1;

  /** A command line that cannot be read. */
  public static final int MISREAD = 2;

  private static final List<String> SERVE = List.of("serve");
  private static final List<String> BENCH_SERVING = List.of("bench", "serving");

  /** How printed commands begin, and what they are here. */
  private static final Map<List<String>, List<String>> FOREIGN_STARTS = Map.of(
      List.of("sglang", "serve"), SERVE,
      List.of("python", "-m", "sglang.launch_server"), SERVE,
      List.of("python3", "-m", "sglang.launch_server"), SERVE,
      List.of("python", "-m", "sglang.bench_serving"), BENCH_SERVING,
      List.of("python3", "-m", "sglang.bench_serving"), BENCH_SERVING);

  @Command(
      name = "souffleur",
      description = "Serves MiniCPM-V 4.6 behind an OpenAI-compatible HTTP API, on the JVM.",
      footer = {"", "One command with --help shows its flags."},
      mixinStandardHelpOptions = false)
  private static final class Root {}

  private CommandTree() {}

  /** Runs the command that the arguments name, on the calling thread. */
  public static int run(String[] arguments, Actions actions, PrintStream out, PrintStream err) {
    Terminal terminal = new Terminal(out, err);
    CommandLine tree = new CommandLine(CommandSpec.forAnnotatedObject(new Root()));
    tree.addSubcommand(raw(new ServeCommand(actions.serve(), terminal)));
    tree.addSubcommand(raw(new GenerateCommand(actions.generate(), terminal)));
    tree.addSubcommand(raw(new DoctorCommand(actions.doctor(), terminal)));
    tree.addSubcommand(new CommandLine(new ConformanceCommand(actions.conformance(), terminal)));
    tree.addSubcommand(bench(actions, terminal));
    tree.addSubcommand(new CommandLine(new VersionCommand(terminal)));
    tree.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    tree.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    tree.setExpandAtFiles(false);
    tree.setParameterExceptionHandler((problem, words) -> misread(problem, terminal));
    tree.setExecutionExceptionHandler(
        (problem, command, parsed) -> terminal.failed(command.getCommandName(), problem));
    List<String> words = withoutForeignStart(List.of(arguments));
    if (words.isEmpty() || words.equals(List.of("--help")) || words.equals(List.of("-h"))) {
      tree.usage(words.isEmpty() ? err : out);
      return words.isEmpty() ? MISREAD : OK;
    }
    return tree.execute(words.toArray(String[]::new));
  }

  private static CommandLine bench(Actions actions, Terminal terminal) {
    CommandLine bench = new CommandLine(new BenchCommand(terminal));
    bench.addSubcommand(raw(new BenchServingCommand(actions.serving(), terminal)));
    bench.addSubcommand(raw(new BenchLatencyCommand(actions.latency(), terminal)));
    return bench;
  }

  /** Everything behind the name of the command is its business. */
  private static CommandLine raw(Object command) {
    return new CommandLine(command)
        .setStopAtPositional(true)
        .setUnmatchedOptionsArePositionalParams(true)
        .setEndOfOptionsDelimiter("\0");
  }

  /** A printed command may follow as it is. */
  private static List<String> withoutForeignStart(List<String> words) {
    for (Map.Entry<List<String>, List<String>> start : FOREIGN_STARTS.entrySet()) {
      int length = start.getKey().size();
      if (words.size() >= length && words.subList(0, length).equals(start.getKey())) {
        List<String> ours = new ArrayList<>(start.getValue());
        ours.addAll(words.subList(length, words.size()));
        return ours;
      }
    }
    return words;
  }

  private static int misread(ParameterException problem, Terminal terminal) {
    CommandLine command = problem.getCommandLine();
    String usage = Arrays.stream(command.getUsageMessage().split("\n"))
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("");
    terminal.err().println(usage);
    terminal
        .err()
        .println(command.getCommandSpec().qualifiedName() + ": error: " + problem.getMessage());
    return MISREAD;
  }
}
