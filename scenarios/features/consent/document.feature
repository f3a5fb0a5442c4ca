# language: ja
機能: 薬剤情報の形式と取込み | The form of the drug history, and what is taken in

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:as-data
  シナリオ: 薬剤情報は、求めに応じてデータで渡り、取り込まれる | The drug history comes as data where that is asked for, and is taken in
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば レセコンは薬剤情報『架空薬カナリア錠10mg』を取り込む [OQS-INFO-07, OQS-INFO-08]

  @id:as-document @twin:consent/as-data
  シナリオ: 薬剤情報は、求めに応じて文書で渡る | The drug history comes as a document where that is asked for
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を文書で求める
    ならば 薬剤情報は文書で提供される [OQS-INFO-07]

  @id:no-document-without-consent @twin:consent/as-document
  シナリオ: 同意がなければ文書も渡らない | Without consent no document comes either
    前提 「架空花子」はどの情報の提供にも同意しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を文書で求める
    ならば 薬剤情報は提供されない [OQS-INFO-07, OQS-PRIV-10]

  @id:two-drugs
  シナリオ: 電子処方箋の薬剤も、続けて取り込まれる | The drug of an electronic prescription is taken in with the others
    もし 「見本診療所」が「架空花子」に薬『架空薬ツグミ錠』の電子処方箋を出す
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば レセコンは薬剤情報『架空薬カナリア錠10mg、架空薬ツグミ錠』を取り込む [OQS-INFO-08]
