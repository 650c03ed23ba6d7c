package io.souffleur.multimodal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt in which every picture and video is one token, widened to a token for every feature row.
 *
 * <pre>
 *   image  →  [id 0 /id] start image × n₀ end  slice image × n₁ /slice …  line break  slice …
 *   video  →  [id 0 /id] start video × n₀ end  slices …  start video × n₀ end  slices …
 * </pre>
 *
 * <p>All counts are {@link Downsample#tokens} of the grids that the tower encodes, so tokens and features
 * cannot disagree. Pictures are numbered by themselves, and videos by themselves.
 *
 * @param tokens the widened prompt
 * @param positions for each picture or video, where in {@code tokens} the tokens of each of its patch
 *     images begin, frame after frame in the order of {@link SlicePlan#patchGrids}
 */
public record Placeholders(int[] tokens, List<int[]> positions) {
  /**
   * How one picture or video is cut and counted.
   *
   * @param frames one for a picture
   */
  public record Layout(boolean video, List<SlicePlan> frames, Downsample mode) {
    public static Layout ofPicture(SlicePlan plan, Downsample mode) {
      return new Layout(false, List.of(plan), mode);
    }
  }

  /**
   * Widens {@code prompt}; its tokens that stand for pictures and videos must be those of {@code layouts},
   * in this order.
   *
   * @throws IllegalArgumentException when they are not
   */
  public static Placeholders widen(int[] prompt, List<Layout> layouts, PlaceholderTokens names) {
    var writer = new Writer(names, prompt.length);
    List<int[]> positions = new ArrayList<>();
    int videos = 0;
    for (int token : prompt) {
      if (token != names.image() && token != names.video()) {
        writer.add(token);
        continue;
      }
      boolean video = token == names.video();
      int index = positions.size();
      if (index == layouts.size() || layouts.get(index).video() != video) {
        throw new IllegalArgumentException("place " + index + " of the prompt is for a "
            + (video ? "video" : "picture") + ", the request has "
            + (index == layouts.size() ? "none" : "another kind") + " there");
      }
      positions.add(writer.visual(video ? videos : index - videos, layouts.get(index)));
      videos += video ? 1 : 0;
    }
    if (positions.size() < layouts.size()) {
      throw new IllegalArgumentException("the prompt has " + positions.size()
          + " places for pictures and videos, the request has " + layouts.size());
    }
    return new Placeholders(writer.tokens(), List.copyOf(positions));
  }

  private static final class Writer {
    private final PlaceholderTokens names;
    private int[] tokens;
    private int count;

    Writer(PlaceholderTokens names, int expected) {
      this.names = names;
      tokens = new int[Math.max(64, 2 * expected)];
    }

    int[] tokens() {
      return Arrays.copyOf(tokens, count);
    }

    void add(int... more) {
      reserve(more.length);
      System.arraycopy(more, 0, tokens, count, more.length);
      count += more.length;
    }

    private void reserve(int more) {
      if (tokens.length - count < more) {
        tokens = Arrays.copyOf(tokens, Math.max(Math.addExact(count, more), 2 * tokens.length));
      }
    }

    /** Where the tokens of its patch images begin. */
    int[] visual(int number, Layout layout) {
      if (names.numbered()) {
        add(names.idStart());
        add(names.number().apply(number));
        add(names.idEnd());
      }
      List<Integer> positions = new ArrayList<>();
      for (SlicePlan frame : layout.frames()) {
        frame(frame, layout, positions);
      }
      return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    private void frame(SlicePlan plan, Layout layout, List<Integer> positions) {
      int pad = layout.video() ? names.video() : names.image();
      List<PatchGrid> grids = plan.patchGrids();
      int source = layout.mode().tokens(grids.getFirst());
      positions.add(view(names.imageStart(), pad, source, names.imageEnd()));
      for (int slice = 1; slice < grids.size(); slice++) {
        if (slice > 1 && (slice - 1) % plan.columns() == 0) {
          add(names.lineBreak());
        }
        int rows = layout.mode().tokens(grids.get(slice));
        positions.add(view(names.sliceStart(), pad, rows, names.sliceEnd()));
      }
    }

    private int view(int start, int pad, int rows, int end) {
      add(start);
      reserve(rows);
      int first = count;
      Arrays.fill(tokens, first, first + rows, pad);
      count += rows;
      add(end);
      return first;
    }
  }
}
