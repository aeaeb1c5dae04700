"""Declare the answers about canned answers, articles, call scripts and recordings."""

from docs.generator.answers.declaration import Answer, Key

_ARTICLE = "article case_ids"

KEYS = {
    "answer": Key("text", "answer of the contact, or name of a canned answer"),
    "answer_id": Key("integer", "number of the answer"),
    "given_answers": Key("text", "answers so far, as JSON"),
    "articles": Key("[linked_article]", "articles that are linked to the case"),
    "case_ids": Key("[integer]", "cases that the article is linked to, the newest first"),
    "excerpt": Key("text", "text around the first word that was found"),
    "lines_added": Key("integer", "lines that the version added"),
    "lines_removed": Key("integer", "lines that the version removed"),
    "path_taken": Key("[script_answer]", "steps of the call with the answers"),
    "question": Key("text", "what was asked or said"),
    "script": Key("text", "name of the script"),
    "similar_cases": Key("[integer]", "similar solved cases in which it was used"),
    "words": Key("[text]", "words that it shares with the case, the rarest first"),
}

OBJECTS = {
    "linked_article": "id title",
    "script_answer": "step question answer",
}

ANSWERS = {
    "answer use": Answer(("{answer_id answer case_id text}",)),
    "article show": Answer((_ARTICLE, "[article]")),
    **{f"article {verb}": Answer((_ARTICLE,)) for verb in ("restore", "link", "unlink", "helped")},
    "article find": Answer(("[{id title excerpt helped_count failed_count}]",)),
    "article history": Answer(("[{version at author title lines_added lines_removed}]",)),
    "case suggest": Answer(("[{noun id title score words similar_cases helped_count}]",)),
    "script run": Answer(
        ("interaction script path_taken", "script_run"), "the second form if it was interrupted"
    ),
    "script runs": Answer(("[script_run]",)),
    "recording play": Answer(("recording",)),
}
