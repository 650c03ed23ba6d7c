package io.souffleur.multimodal;

import java.util.function.IntFunction;

/**
 * The tokens around and in the place of pictures, as {@code tokenizer_config.json} names them.
 *
 * @param image stands for a picture in a rendered prompt, and afterwards for every feature row
 * @param video the same for a video
 * @param imageStart before the source view of a picture or of a frame
 * @param sliceStart before a slice
 * @param idStart before the number of a picture or of a video
 * @param numbered whether pictures are numbered ({@code use_image_id})
 * @param lineBreak tokens between rows of slices
 * @param number tokens of a number, from 0
 */
public record PlaceholderTokens(
    int image,
    int video,
    int imageStart,
    int imageEnd,
    int sliceStart,
    int sliceEnd,
    int idStart,
    int idEnd,
    boolean numbered,
    int[] lineBreak,
    IntFunction<int[]> number) {}
