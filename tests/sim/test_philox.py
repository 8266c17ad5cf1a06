import numpy as np

from sim.philox import philox


def test_known_answers_of_philox4x32_10():
    # Vectors published with the generator (Random123, kat_vectors).
    ones = 0xFFFFFFFF
    cases = [
        ((0, 0), (0, 0, 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((ones, ones), (ones, ones, ones, ones), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ]
    for key, counter, expected in cases:
        words = philox(key, *counter)
        assert " ".join(f"{int(word):08x}" for word in words) == expected


def test_a_batch_gives_the_words_of_its_members():
    batch = philox((1, 2), np.arange(50), 3, 4, 5)
    alone = [philox((1, 2), i, 3, 4, 5) for i in range(50)]
    assert np.array_equal(batch, np.stack(alone))


def test_words_are_uniform_in_every_position():
    words = philox((7, 8), np.arange(40_000), 0, 0, 0)
    mean = words.mean(axis=0) / 2**32
    standard_error = (1 / 12 / 40_000) ** 0.5
    assert np.all(np.abs(mean - 0.5) < 4.5 * standard_error)
