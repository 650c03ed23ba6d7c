package io.souffleur.clusterconfig.cli;

import io.souffleur.tokenizer.TemplateTraits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parsers of a launch, decided once the chat template is known.
 *
 * <p>Without flags the embedded model has both on {@code auto}; a folder has none, and one line names
 * those that fit. A tool-call parser that cannot match what the template teaches the model is warned
 * about and left off: it would never find a call.
 *
 * @param reasoning name of a built parser, or empty for none
 * @param tools likewise
 * @param notices lines for the operator
 */
public record ParserChoice(
    Optional<String> reasoning, Optional<String> tools, List<String> notices) {
  private static final String REASONING_FLAG = "--reasoning-parser";
  private static final String TOOLS_FLAG = "--tool-call-parser";

  public ParserChoice {
    notices = List.copyOf(notices);
  }

  /**
   * @param embedded whether the embedded model is served
   * @param template what the chat template gives away
   */
  public static ParserChoice of(TextOptions text, boolean embedded, TemplateTraits template) {
    List<String> notices = new ArrayList<>();
    Optional<String> reasoning = pick(
        new Question(REASONING_FLAG, ParserNames.REASONING, embedded),
        text.reasoningParser(),
        template.reasoningParser(),
        notices);
    Optional<String> tools = pick(
        new Question(TOOLS_FLAG, ParserNames.TOOL_CALLS, embedded),
        text.toolParser(),
        template.toolParser(),
        notices);
    return new ParserChoice(reasoning, tools, notices);
  }

  private record Question(String flag, List<String> built, boolean embedded) {}

  private static Optional<String> pick(
      Question question, Optional<String> given, Optional<String> fitting, List<String> notices) {
    Optional<String> usable = fitting.filter(question.built()::contains);
    if (given.isEmpty() && !question.embedded()) {
      usable.ifPresent(name ->
          notices.add("the chat template fits " + question.flag() + " " + name + ", which is off"));
      return Optional.empty();
    }
    String name = given.orElse(ParserNames.AUTO);
    if (name.equals(ParserNames.AUTO)) {
      if (usable.isEmpty()) {
        notices.add(question.flag() + " auto: "
            + fitting
                .map(f -> "the chat template fits " + f + ", which is not built")
                .orElse("the chat template shows none that fits")
            + "; it is off");
      }
      return usable;
    }
    return named(question, name, fitting, notices);
  }

  private static Optional<String> named(
      Question question, String name, Optional<String> fitting, List<String> notices) {
    Optional<String> usable = fitting.filter(question.built()::contains);
    String right =
        usable.map(fit -> "; the right one is " + question.flag() + " " + fit).orElse("");
    if (!question.built().contains(name)) {
      String why = fitting.equals(Optional.of(name))
          ? " fits the chat template but is not built yet"
          : " cannot match the calls that the chat template asks for";
      notices.add(question.flag() + " " + name + why + "; it is off" + right);
      return Optional.empty();
    }
    boolean fits = usable.isPresent() && sameParser(usable.get(), name);
    if (question.flag().equals(TOOLS_FLAG) && !fits) {
      notices.add(
          question.flag() + " " + name + " does not fit what the chat template shows" + right);
    }
    return Optional.of(name);
  }

  /** Two names are one parser. */
  private static boolean sameParser(String one, String other) {
    return one.replace("qwen25", "qwen").equals(other.replace("qwen25", "qwen"));
  }
}
