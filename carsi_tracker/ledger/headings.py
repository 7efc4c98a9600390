"""What columns are called in a workbook in Spanish; the importer reads either name."""

import re

from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.text import trimmed

SPANISH = {
    "reference": "Referencia", "title": "Título original", "title_es": "Título",
    "fiscal_year": "Año fiscal", "account": "Cuenta", "area": "Código de área",
    "area_name": "Área", "country": "Código de país", "country_name": "País", "goal": "Objetivo",
    "agency": "Agencia", "partner": "Ejecutor", "stage": "Código de etapa", "stage_name": "Etapa",
    "amount_usd": "Monto, USD", "effective_date": "Fecha del hecho", "document": "Documento",
    "locator": "En qué parte, original", "locator_es": "En qué parte",
    "basis": "Código de respaldo", "basis_name": "Respaldo", "note": "Nota original",
    "note_es": "Nota", "quote": "Cita textual", "bound": "Límite", "remarks": "Observaciones",
    "bound_note": "Por qué es un límite, original", "bound_note_es": "Por qué es un límite",
    "counted_usd": "Monto contado, USD", "version": "Versión", "line": "Línea",
    "language": "Idioma", "replaces": "Sustituye a", "appropriated_usd": "Asignado, USD",
    "committed_usd": "Comprometido, USD", "obligated_usd": "Obligado, USD",
    "disbursed_usd": "Desembolsado, USD", "available_usd": "Sin compromiso conocido, USD",
    "unobligated_usd": "Comprometido, sin obligación conocida, USD",
    "unliquidated_usd": "Obligado, sin pagos conocidos, USD",
    "unobligated_balance_usd": "Unobligated balance de la GAO, USD",
    "undisbursed_usd": "Asignado, sin pagos conocidos, USD",
    "question": "Pregunta en inglés", "question_es": "Pregunta",
    "settled_by": "Qué lo resolvería, en inglés", "settled_by_es": "Qué lo resolvería",
    "published": "Cifras publicadas",
    "appropriation": "Código de asignación", "area_not_specified_usd": "Sin área indicada, USD",
    "publisher": "Publicado por", "published_on": "Fecha de publicación", "url": "Dirección",
    "file_name": "Archivo", "file_sha256": "SHA-256 del archivo", "entries": "Asientos",
    "stated": "Según documento", "press": "Según la prensa", "inferred": "Deducidos",
    "posted_at": "Fecha de asiento", "reason": "Motivo original", "reason_es": "Motivo",
    "prepared_by": "Preparado por", "approved_by": "Aprobado por",
    "self_approval_reason": "Por qué sin una segunda persona", "countersigned_by": "Refrendado por",
    "reverses": "Revierte", "entries_sha256": "SHA-256 de los asientos",
    "checksum": "Suma de comprobación", "name_en": "Nombre en inglés", "name_es": "Nombre",
    "law": "Ley", "day": "Día", "part": "Código de parte", "name": "Nombre de la parte",
    "key": "Identificador", "measure": "Código de medida", "year": "Año",
    "date_from": "Fecha inicial", "as_of": "Fecha de corte", "relation": "Relación",
    "tolerance_usd": "Tolerancia, USD", "wider": "Abarca además, en inglés",
    "wider_es": "Abarca además", "explanation": "Explicación en inglés",
    "explanation_es": "Explicación", "our_usd": "Según este libro, USD",
    "our_entries": "Asientos de este libro", "difference_usd": "Diferencia, USD",
    "verdict": "Resultado de la comparación", "figure": "Código de cifra",
    "change_usd": "Cambio, USD", "after_usd": "Después, USD",
    "account_name": "Nombre de la cuenta", "place": "Código de lugar", "place_name": "Lugar",
    "known": "Si se sabe", "sum_group": "Grupo de la suma", "sum_usd": "Suma del grupo, USD",
    "organization": "Organización", "entries_as_agency": "Asientos como agencia",
    "entries_as_partner": "Asientos como ejecutor",
    "federal_account": "Cuenta federal", "treasury_account": "Símbolo de cuenta del Tesoro",
    "available_until": "Disponible hasta", "iati_identifier": "Identificador IATI",
    "iati_type": "Tipo IATI",
}  # fmt: skip
"""The headings in Spanish, by the name of the column."""
SPANISH |= {
    f"{name.removesuffix('_usd')}_bound": f"{spanish.removesuffix(', USD')}: límite"
    for name, spanish in SPANISH.items()
    if name.endswith("_usd")
}

_SEPARATORS = re.compile(r"[\s_-]+")


def _plain(text: str) -> str:
    return _SEPARATORS.sub("_", trimmed(text)).casefold()


_NAMES = {folded(_plain(spanish)): name for name, spanish in SPANISH.items()}


def heading(text: str) -> str:
    """Return how a heading is compared: without regard to case, spaces, hyphens and underscores.

    One in Spanish, with its accents or without, is taken for the column's name.
    """
    plain = _plain(text)
    return plain if plain in SPANISH else _NAMES.get(folded(plain), plain)
