package io.souffleur.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds the prefixes of a prompt that later prompts are likely to share, as lengths in tokens.
 *
 * <p>A model with recurrent layers can go on from a prefix only where somebody kept its state, and the
 * end of a prompt is the wrong place: the header of an answer often holds a thought that the template
 * leaves out once the answer has become history. So a conversation is rendered again as it may go on,
 * and what both texts have in common is a good place:
 *
 * <pre>
 *   prompt   …question&lt;|im_end|&gt;\n|&lt;|im_start|&gt;assistant\n|&lt;think&gt;\n
 *   goes on  …question&lt;|im_end|&gt;\n|&lt;|im_start|&gt;assistant\n|x&lt;|im_end|&gt;\n&lt;|im_start|&gt;user\n…
 *                                 |                        |
 *                                 start of a message       common length
 * </pre>
 *
 * <p>Other good places are the starts of all messages, for other conversations over the same system
 * prompt or examples, and one token before the end, for the same prompt again.
 *
 * <p>Costs one or two more renderings of a conversation, and the tokens of one message each: both
 * texts are cut at the last start of a message that they share, whose place in the prompt's tokens is
 * known by counting. Immutable; any thread.
 */
public final class SharedPrefixes {
  /** Most lengths that are given for one prompt. */
  public static final int LENGTHS_MAX = 32;

  /** Of a prompt with more messages than that, so many first ones count before the last ones. */
  static final int FIRST_MESSAGES = 8;

  /** A message that parts after more characters than this is not tokenized again. */
  static final int MESSAGE_CHARS_MAX = 1 << 16;

  /** Characters behind the common ones that decide how those are cut into tokens. */
  private static final int LOOKAHEAD_CHARS = 64;

  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final Optional<Marker> marker;

  /** What every message starts with. */
  private record Marker(int id, String spelling) {}

  public SharedPrefixes(TextAssets text) {
    this.tokenizer = text.tokenizer();
    this.template = text.chatTemplate();
    this.marker = template.flatMap(this::marker);
  }

  /** The first token of what a request for an answer adds, if it is more than text. */
  private Optional<Marker> marker(ChatTemplate chat) {
    try {
      List<?> messages = List.of(ProbeMessages.USER);
      String closed = chat.render(messages, List.of(), false, Map.of());
      String open = chat.render(messages, List.of(), true, Map.of());
      if (!open.startsWith(closed) || open.length() == closed.length()) {
        return Optional.empty();
      }
      int id = tokenizer.encode(open.substring(closed.length()))[0];
      String spelling = tokenizer.decode(new int[] {id}, false);
      return tokenizer.isAdded(id) && !spelling.isEmpty()
          ? Optional.of(new Marker(id, spelling))
          : Optional.empty();
    } catch (TemplateException refused) {
      return Optional.empty();
    }
  }

  /**
   * Lengths for a prompt that is no conversation, or whose conversation is not known.
   *
   * @return rising, in {@code [1, tokens.length)}, at most {@link #LENGTHS_MAX}
   */
  public int[] of(int[] tokens) {
    return chosen(tokens, starts(tokens), List.of());
  }

  /**
   * Lengths for a conversation.
   *
   * @param rendered the conversation with the header of an answer
   * @param tokens of {@code rendered}; more may follow
   * @param messages the conversation, with {@code tools} and {@code kwargs} as they were rendered
   * @return as of {@link #of}
   */
  public int[] ofChat(
      String rendered, int[] tokens, List<?> messages, List<?> tools, Map<String, ?> kwargs) {
    int[] starts = starts(tokens);
    List<Integer> common = new ArrayList<>();
    if (template.isPresent()) {
      for (List<?> more : ProbeMessages.continuations(messages, tools)) {
        try {
          String goesOn = template.get().render(more, tools, false, kwargs);
          common.add(common(rendered, tokens, starts, goesOn));
        } catch (TemplateException refused) {
          // Such a conversation cannot come, so nothing has to be ready for it.
        }
      }
    }
    return chosen(tokens, starts, common);
  }

  private int[] starts(int[] tokens) {
    if (marker.isEmpty()) {
      return new int[0];
    }
    int id = marker.get().id();
    return IntStream.range(0, tokens.length).filter(i -> tokens[i] == id).toArray();
  }

  /** How many of {@code tokens} stand for text that {@code other} starts with, too; 0 if unknown. */
  private int common(String rendered, int[] tokens, int[] starts, String other) {
    int mismatch = mismatch(rendered, other);
    int from = 0;
    int count = 0;
    if (marker.isPresent()) {
      String spelling = marker.get().spelling();
      int at = rendered.indexOf(spelling);
      while (at >= 0 && at + spelling.length() <= mismatch) {
        from = at;
        count++;
        at = rendered.indexOf(spelling, at + spelling.length());
      }
    }
    if (count > starts.length || mismatch - from > MESSAGE_CHARS_MAX) {
      return 0;
    }
    int first = count == 0 ? 0 : starts[count - 1];
    int end = Math.min(other.length(), mismatch + LOOKAHEAD_CHARS);
    int[] message = tokenizer.encode(other.substring(from, end));
    int equal = Arrays.mismatch(tokens, first, tokens.length, message, 0, message.length);
    return first + (equal < 0 ? message.length : equal);
  }

  private static int mismatch(String one, String other) {
    int limit = Math.min(one.length(), other.length());
    int at = 0;
    while (at < limit && one.charAt(at) == other.charAt(at)) {
      at++;
    }
    return at;
  }

  /** What is known to be shared, then the first messages, then the last ones. */
  private static int[] chosen(int[] tokens, int[] starts, List<Integer> common) {
    TreeSet<Integer> lengths = new TreeSet<>();
    lengths.add(tokens.length - 1);
    common.forEach(length -> lengths.add(Math.min(length, tokens.length - 1)));
    lengths.remove(0);
    lengths.remove(-1);
    for (int i = 0; i < Math.min(FIRST_MESSAGES, starts.length); i++) {
      addStart(starts[i], lengths);
    }
    for (int i = starts.length - 1; i >= FIRST_MESSAGES && lengths.size() < LENGTHS_MAX; i--) {
      addStart(starts[i], lengths);
    }
    return lengths.stream().mapToInt(length -> length).toArray();
  }

  private static void addStart(int start, TreeSet<Integer> lengths) {
    if (start > 0) {
      lengths.add(start);
    }
  }
}
