package io.souffleur.tokenizer.jinja;

/**
 * Bounds on what one template may cost. Hitting one ends the rendering with a
 * {@link io.souffleur.tokenizer.TemplateException} that names the limit.
 *
 * @param templateChars length of the template's source, in UTF-16 units
 * @param steps evaluated nodes, loop turns and copied list items; long strings count per 64 units
 * @param depth nested evaluations (expressions in statements in macro calls), and nesting of data
 * @param outputChars length of the result, and of any string made on the way, in UTF-16 units
 * @param rangeItems items of one {@code range}; jinja2's sandbox has the same number
 * @param integerBits size of one integer
 */
public record Limits(
    int templateChars, long steps, int depth, int outputChars, int rangeItems, int integerBits) {
  /** Nested brackets and tags in a template's source: what the parser's own stack allows. */
  static final int NESTING = 100;

  /** Far beyond real conversations, and within a second and a few hundred MB. */
  public static final Limits DEFAULT =
      new Limits(1 << 20, 20_000_000, 600, 16 << 20, 100_000, 16_384);

  public Limits {
    require("templateChars", templateChars);
    require("steps", steps);
    require("depth", depth);
    require("outputChars", outputChars);
    require("rangeItems", rangeItems);
    require("integerBits", integerBits);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}
