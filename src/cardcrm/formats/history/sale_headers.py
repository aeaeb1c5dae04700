"""Map the headers of tables of sales to their meaning.

This module is data. Headers are compared as those of `formats.csv.headers`. English, German,
French, Spanish, Italian, Portuguese, Dutch, Swedish and Polish ones are known.
"""

from typing import Final

SALES: Final[dict[str, str]] = {
    "date": (
        "date | order date | sale date | date of sale | sales date | sold on | purchase date"
        " | date of purchase | invoice date | bill date | receipt date | transaction date"
        " | txn date | payment date | date paid | created | created at | created date"
        " | created utc | created date utc | creation date | on | when | day | date created"
        " | order created | booking date | posting date | completed date | date order"
        " | donation date | timestamp | datetime | date time | date and time | sale day"
        " | datum | bestelldatum | auftragsdatum | rechnungsdatum | kaufdatum | verkaufsdatum"
        " | belegdatum | buchungsdatum | zahlungsdatum | buchungstag | tag | verkauft am"
        " | bestellt am | erstellt am | erstellt | date de commande | date commande"
        " | date de vente | date de facture | date facture | date d'achat | date de paiement"
        " | créé le | jour | fecha | fecha de pedido | fecha pedido | fecha de venta"
        " | fecha venta | fecha de factura | fecha factura | fecha de compra | fecha de pago"
        " | creado | día | data | data ordine | data dell'ordine | data vendita"
        " | data di vendita | data fattura | data acquisto | data pagamento | data documento"
        " | giorno | data do pedido | data pedido | data da venda | data venda"
        " | data da fatura | data da compra | data de pagamento | data da encomenda"
        " | orderdatum | besteldatum | factuurdatum | verkoopdatum | aankoopdatum"
        " | betaaldatum | datum bestelling | dag | beställningsdatum | försäljningsdatum"
        " | fakturadatum | köpdatum | betalningsdatum | data zamówienia | data sprzedaży"
        " | data faktury | data wystawienia | data zakupu | data płatności | data transakcji"
        " | dzień"
    ),
    "paid_on": (
        "paid at | paid on | paid date | date paid gmt | bezahlt am | payé le | pagado el"
        " | pagato il | pago em | betaald op | betald | opłacono"
    ),
    "time": (
        "time | order time | sale time | uhrzeit | zeit | heure | hora | ora | tijd | tid"
        " | klockan | godzina | czas"
    ),
    "zone": (
        "time zone | timezone | zeitzone | fuseau horaire | zona horaria | fuso orario"
        " | fuso horário | tijdzone | tidszon | strefa czasowa"
    ),
    "amount": (
        "amount | sum | value | price paid | paid | amount paid | paid amount | payment"
        " | revenue | sales amount | sale amount | net total amount | turnover | spent"
        " | payment amount | betrag | summe | umsatz | wert | zahlbetrag | bezahlt | zahlung"
        " | erlös | montant | somme | valeur | montant payé | chiffre d'affaires | paiement"
        " | importe | monto | cantidad pagada | valor | suma | pago | importo | somma | valore"
        " | pagato | incasso | pagamento | quantia | valor pago | montante | bedrag | waarde"
        " | betaald | omzet | betaling | belopp | värde | betalt | summa | försäljning | kwota"
        " | wartość | zapłacono | płatność | przychód"
    ),
    "total": (
        "total | order total | grand total | total amount | total price | total paid | gross"
        " | gross amount | gross total | amount gross | invoice total | invoice amount"
        " | order amount | order total amount | order value | sale total | total sales"
        " | total collected | total incl tax | total including tax | total inc vat"
        " | total incl vat | amount total | total charged | amount incl vat"
        " | order total with tax | brutto | bruttobetrag | gesamt | gesamtbetrag | gesamtsumme"
        " | gesamtpreis | endbetrag | rechnungsbetrag | bestellsumme | auftragswert"
        " | summe brutto | betrag brutto | rechnungssumme | endsumme | montant total"
        " | total ttc | ttc | montant ttc | brut | montant brut | total commande"
        " | total facture | importe total | total factura | total pedido | bruto"
        " | importe bruto | total con iva | totale | totale ordine | importo totale | lordo"
        " | importo lordo | totale fattura | totale ivato | valor total | total da fatura"
        " | total do pedido | valor bruto | total com iva | totaal | totaalbedrag"
        " | bruto bedrag | totaal incl btw | orderbedrag | factuurbedrag | totalt"
        " | totalbelopp | totalsumma | bruttobelopp | att betala | ordersumma | razem"
        " | łącznie | suma brutto | kwota brutto | wartość brutto | do zapłaty"
        " | kwota całkowita | wartość zamówienia"
    ),
    "net": (
        "net | net amount | net sales | net total | amount net | total net | order subtotal"
        " | subtotal | sub total | untaxed amount | amount untaxed | total excl tax"
        " | total excluding tax | total excl vat | amount excl vat | n revenue | net revenue"
        " | netto | nettobetrag | zwischensumme | netto betrag | summe netto | betrag netto"
        " | ht | montant ht | total ht | sous total | montant net | neto | base imponible"
        " | importe neto | imponibile | importo netto | totale netto | valor líquido | líquido"
        " | subtotal da fatura | totaal excl btw | netto bedrag | subtotaal | nettobelopp"
        " | delsumma | exkl moms | kwota netto | wartość netto | suma netto"
    ),
    "tax": (
        "tax | taxes | vat | sales tax | tax amount | vat amount | total tax | order tax"
        " | tax total | gst | amount tax | order total tax amount | steuer | mwst"
        " | mehrwertsteuer | ust | umsatzsteuer | steuerbetrag | tva | taxe | montant tva"
        " | montant de la tva | iva | impuesto | impuestos | importe iva | imposta"
        " | importo iva | imposto | impostos | valor do iva | btw | btw bedrag | belasting"
        " | moms | skatt | momsbelopp | podatek | kwota vat | podatek vat"
    ),
    "tax_rate": (
        "tax rate | vat rate | tax percent | vat percent | tax percentage | vat percentage"
        " | rate of tax | gst rate | sales tax rate | tax % | vat % | steuersatz | mwst satz"
        " | ust satz | mehrwertsteuersatz | umsatzsteuersatz | taux de tva | taux tva"
        " | tipo de iva | tipo iva | % iva | aliquota iva | aliquota | taxa de iva | taxa iva"
        " | btw tarief | btw percentage | btw % | momssats | moms % | stawka vat"
        " | stawka podatku"
    ),
    "channel": (
        "channel | sales channel | sale channel | order channel | sold via | sold through"
        " | sales platform | order source | marketplace | point of sale | kanal"
        " | vertriebskanal | verkaufskanal | vertriebsweg | canal | canal de vente"
        " | canal de venta | canal de ventas | canale | canale di vendita | canal de venda"
        " | canal de vendas | kanaal | verkoopkanaal | försäljningskanal | kanał"
        " | kanał sprzedaży"
    ),
    "code": (
        "code | promotion | promo | promotion code | promo code | discount code | coupon"
        " | coupon code | coupons | voucher | voucher code | offer code | gutscheincode"
        " | gutschein | rabattcode | aktionscode | aktion | code promo | code promotionnel"
        " | code de réduction | promoción | código promocional | código de descuento | cupón"
        " | promozione | codice promozionale | codice sconto | buono | promoção"
        " | código de desconto | cupom | kortingscode | actiecode | kampanjkod | rabattkod"
        " | kod rabatowy | kod promocyjny | kupon"
    ),
    "shipping": (
        "shipping | shipping cost | shipping costs | shipping total | shipping amount"
        " | postage | delivery | delivery cost | delivery fee | order shipping | shipping fee"
        " | freight | shipping and handling amount | order shipping amount | versand"
        " | versandkosten | porto | lieferkosten | livraison | frais de port"
        " | frais de livraison | envío | gastos de envío | portes | spedizione"
        " | spese di spedizione | frete | envio | verzending | verzendkosten | frakt"
        " | fraktkostnad | wysyłka | koszt wysyłki | dostawa | koszt dostawy"
    ),
    "discount": (
        "discount | discounts | discount amount | discount total | total discount"
        " | order discount | cart discount | cart discount amount | coupon amount | rabatt"
        " | nachlass | rabattbetrag | remise | réduction | rabais | descuento | sconto"
        " | desconto | korting | kortingsbedrag | rabat | zniżka | upust"
    ),
    "tip": (
        "tip | tips | gratuity | trinkgeld | pourboire | propina | mancia | gorjeta | fooi"
        " | dricks | napiwek"
    ),
    "fee": (
        "fee | fees | transaction fee | payment fee | processing fee | processing fees"
        " | stripe fee | paypal fee | total fees | card fee | fee amount | gebühr | gebühren"
        " | transaktionsgebühr | frais | commission | comisión | tarifa | comisiones"
        " | commissione | commissioni | tassa | taxa | taxas | comissão | kosten betaling"
        " | transactiekosten | avgift | avgifter | opłata | prowizja"
    ),
    "cost": (
        "cost | costs | cost of goods | cogs | total cost | cost price | purchase cost"
        " | cost total | kosten | einkaufspreis | wareneinsatz | selbstkosten | ek | coût"
        " | prix de revient | prix d'achat | costo | coste | costo total | costi | custo"
        " | preço de custo | kostprijs | inkoop | inkoopprijs | kostnad | inköpspris | koszt"
        " | koszty | koszt zakupu"
    ),
    "refunded": (
        "refunded amount | amount refunded | refund amount | refunded | refund"
        " | refunded total | refund total | partial refunds | order refund amount"
        " | total refunded | returns | erstattet | erstattung | erstatteter betrag"
        " | rückerstattung | remboursé | montant remboursé | remboursement | reembolsado"
        " | reembolso | importe reembolsado | rimborsato | rimborso | importo rimborsato"
        " | valor reembolsado | terugbetaald | terugbetaling | återbetalt | återbetalning"
        " | zwrot | kwota zwrotu | zwrócono"
    ),
    "outstanding": (
        "outstanding balance | outstanding | balance due | amount due | open amount"
        " | open balance | unpaid amount | offen | offener betrag | restbetrag | reste à payer"
        " | solde dû | pendiente | saldo pendiente | residuo | da pagare | em aberto"
        " | saldo devedor | openstaand | openstaand bedrag | kvar att betala"
        " | pozostało do zapłaty | należność"
    ),
    "currency": (
        "currency | currency code | order currency | ccy | curr | currency symbol | währung"
        " | währungscode | devise | monnaie | moneda | divisa | valuta | moeda | waluta"
    ),
    "ref": (
        "ref | reference | order | order id | order no | order number | order ref"
        " | order reference | order name | invoice | invoice no | invoice number | invoice id"
        " | receipt number | receipt no | receipt | sale id | sale no | sale number"
        " | transaction no | num | no | number | document number | document no | doc number"
        " | sales order | sales order number | transaction number | external id"
        " | confirmation number | voucher number | bestellnummer | bestellung | auftragsnummer"
        " | auftrag | rechnungsnummer | rechnungsnr | rechnung nr | rechnung | belegnummer"
        " | beleg | auftragsnr | bestellnr | nummer | nr | referenz | numéro de commande"
        " | n commande | n de commande | commande | numéro de facture | n facture"
        " | n de facture | facture | référence | numéro | número de pedido | n pedido | pedido"
        " | número de factura | n factura | factura | referencia | número | numero ordine"
        " | n ordine | ordine | numero fattura | n fattura | fattura | riferimento"
        " | numero documento | numero | número do pedido | número da fatura | fatura"
        " | referência | número da encomenda | encomenda | nota fiscal | ordernummer"
        " | bestelnummer | bestelling | factuurnummer | factuur | referentie"
        " | beställningsnummer | beställning | fakturanummer | faktura | ordernr | fakturanr"
        " | referens | numer zamówienia | nr zamówienia | zamówienie | numer faktury"
        " | nr faktury | numer dokumentu | numer"
    ),
    "id": (
        "id | transaction id | txn id | sale uid | external order id | transaktionscode"
        " | transaktions id"
    ),
    "payment_ref": (
        "payment id | payment reference | payment references | payment intent"
        " | paymentintent id | charge id | payment transaction id | reference txn id"
        " | order transaction id"
    ),
    "product": (
        "product | product name | item | item name | line item name | lineitem name | article"
        " | article name | product service | product or service | products | items"
        " | item title | sku name | what | order lines product | product title | variant"
        " | service | produkt | produktname | artikel | artikelname | artikelbezeichnung"
        " | position | leistung | produit | nom du produit | désignation | prestation"
        " | producto | nombre del producto | artículo | concepto | servicio | prodotto"
        " | nome prodotto | articolo | servizio | produto | nome do produto | artigo | serviço"
        " | productnaam | artikelnaam | dienst | produktnamn | vara | artikelnamn | tjänst"
        " | nazwa produktu | towar | nazwa towaru | usługa | pozycja"
    ),
    "sku": (
        "sku | lineitem sku | item sku | product code | item code | article number"
        " | article no | product id | item id | product sku | ean | gtin | artikelnummer"
        " | artikelnr | art nr | référence produit | code produit | código de producto"
        " | codice prodotto | codice articolo | código do produto | productcode | artikelkod"
        " | kod produktu | indeks"
    ),
    "quantity": (
        "quantity | qty | lineitem quantity | item quantity | units | count of items | pieces"
        " | pcs | order lines quantity | quantity sold | no of items | menge | anzahl | stück"
        " | stückzahl | quantité | qté | nombre d'articles | cantidad | unidades | quantità"
        " | qtà | quantidade | qtd | aantal | stuks | antal | kvantitet | st | ilość | szt"
        " | sztuk | liczba"
    ),
    "price": (
        "price | unit price | lineitem price | item price | item cost | price each | rate"
        " | sales price | order lines unit price | unit cost price | price per unit"
        " | single price | preis | einzelpreis | stückpreis | verkaufspreis | prix"
        " | prix unitaire | pu | precio | precio unitario | prezzo | prezzo unitario | preço"
        " | preço unitário | prijs | stukprijs | eenheidsprijs | pris | styckpris | à pris"
        " | enhetspris | cena | cena jednostkowa | cena jedn"
    ),
    "line_total": (
        "line total | line amount | item total | lineitem total | item subtotal"
        " | line subtotal | order lines subtotal | order lines total | item total cost"
        " | order line subtotal | order line total | order line total amount | positionssumme"
        " | positionsbetrag | zeilensumme | total ligne | total línea | totale riga"
        " | total da linha | regeltotaal | radsumma | wartość pozycji"
    ),
    "line_discount": (
        "lineitem discount | item discount | line discount | item discount amount"
        " | positionsrabatt | remise ligne | descuento línea | sconto riga"
    ),
    "line_cost": (
        "unit cost | cost per item | cost per unit | stückkosten | coût unitaire"
        " | costo unitario"
    ),
    "text": (
        "text | description | for | purpose | subject | title | memo | memo description"
        " | details | line description | sale description | payment description | beschreibung"
        " | verwendungszweck | betreff | zweck | bezeichnung | libellé | objet | descripción"
        " | asunto | descrizione | causale | oggetto | descrição | assunto | omschrijving"
        " | onderwerp | beskrivning | ändamål | opis | tytuł | tytułem"
    ),
    "note": (
        "note | notes | comment | comments | remark | remarks | order notes | customer note"
        " | notiz | notizen | bemerkung | bemerkungen | anmerkung | kommentar | remarque"
        " | commentaire | nota | notas | observaciones | note ordine | commenti | observações"
        " | opmerking | opmerkingen | notitie | anteckning | anteckningar | uwagi | notatka"
        " | komentarz"
    ),
    "status": (
        "status | financial status | payment status | order status | state"
        " | transaction status | invoice status | invoice state | zahlungsstatus"
        " | bestellstatus | zustand | statut | état | statut du paiement | estado"
        " | estado del pedido | estado del pago | stato | stato ordine | stato pagamento"
        " | situação | estado do pedido | toestand | orderstatus | betaalstatus"
        " | betalningsstatus | stan | status płatności | status zamówienia"
    ),
    "cancelled": (
        "cancelled at | canceled at | cancelled | canceled | voided at | storniert am"
        " | storniert | annulé le | cancelado el | annullato il | cancelado em"
        " | geannuleerd op | avbeställd | anulowano"
    ),
    "type": (
        "type | event type | transaction type | sale or refund | kind | entry type"
        " | record type | typ | art | vorgang | belegart | tipo | tipo transazione"
        " | tipo de transacción | soort | typ transakcji | rodzaj | slag"
    ),
}  # fmt: skip
