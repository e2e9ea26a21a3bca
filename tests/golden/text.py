"""Golden values of texts: TF-IDF, truncated SVD (scikit-learn), class-based TF-IDF (its formula)."""

import numpy as np
from golden import write
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

SUBJECTS = ["The cat", "A dog", "The old fox", "One bird", "The Bank", "A loan", "My credit-card", "The market"]
VERBS = ["sleeps and sleeps in", "runs, runs and runs through", "rose to", "fell by 2.5% near", "likes"]
PLACES = ["the garden", "Grand Cafe\u0301 No. 42", "a HOUSE of the_king", "the river", "new highs", "the year 2008"]
TOPICS = 2


def texts():
    """Sixty short texts, the same on every machine, with a word twice in some, and one without words."""
    made = [
        f"{SUBJECTS[i % 8]} {VERBS[(i * 3 + i // 8) % 5]} {PLACES[(i * 5 + i // 7) % 6]}!"
        for i in range(60)
    ]
    made[13] = "... ?!"
    return made


CASES = {
    "plain": {"min_df": 1, "max_df": 1.0},
    "limits": {"min_df": 3, "max_df": 0.4},
    "capped": {"min_df": 2, "max_df": 0.9, "max_features": 10},
}


def weights(documents, options):
    if "max_features" in options:
        # At a tie scikit-learn's choice is an accident of its sort.
        limits = {key: options[key] for key in ("min_df", "max_df")}
        counts = np.sort(CountVectorizer(**limits).fit_transform(documents).toarray().sum(0))[::-1]
        assert counts[options["max_features"] - 1] > counts[options["max_features"]], counts
    model = TfidfVectorizer(sublinear_tf=True, **options)
    x = model.fit_transform(documents)
    x.sort_indices()
    return x, {
        "options": options,
        "terms": model.get_feature_names_out().tolist(),
        "idf": model.idf_.round(12).tolist(),
        "start": x.indptr.tolist(),
        "column": x.indices.tolist(),
        "value": x.data.round(9).tolist(),
    }


def decomposed(x, count=6):
    """Singular values and the projector on the span of the vectors, which signs leave alone."""
    model = TruncatedSVD(count, algorithm="arpack", random_state=0).fit(x)
    order = np.argsort(-model.singular_values_)
    v = model.components_[order]
    exact = np.linalg.svd(x.toarray(), compute_uv=False)
    assert exact[count - 1] - exact[count] > 0.05, "the span must be determined"
    assert np.allclose(model.singular_values_[order], exact[:count])
    return {
        "singular": exact[:count].round(9).tolist(),
        "projector": (v.T @ v).round(9).ravel().tolist(),
    }


def describing(documents):
    """tf_tc ln(1 + a / f_t), tf as a share of the words of the cluster."""
    model = CountVectorizer()
    counts = model.fit_transform(documents).toarray()
    labels = np.array([0 if i % 8 < 4 else 1 for i in range(len(documents))])
    per = np.array([counts[labels == c].sum(0) for c in range(TOPICS)])
    score = per / per.sum(1, keepdims=True) * np.log(1 + per.sum() / TOPICS / per.sum(0))
    return {
        "labels": labels.tolist(),
        "terms": model.get_feature_names_out().tolist(),
        "scores": score.round(9).tolist(),
    }


def text():
    # Python's own \w leaves out combining marks: the texts are composed first.
    import unicodedata

    documents = texts()
    composed = [unicodedata.normalize("NFKC", one) for one in documents]
    cases = {}
    for name, options in CASES.items():
        x, cases[name] = weights(composed, options)
        if name == "plain":
            svd = decomposed(x)
    write("text", {"texts": documents, "cases": cases, "svd": svd, "describing": describing(composed)})
